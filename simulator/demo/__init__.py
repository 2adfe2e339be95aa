"""A real Home Assistant with Evenload and a simulated home, to look at."""
