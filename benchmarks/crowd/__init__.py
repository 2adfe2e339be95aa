"""Many thin stations in one process: they say what real ones say, and cost next to nothing themselves."""
