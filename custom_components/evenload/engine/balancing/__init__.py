"""Pure functions: (tree of groups, demands, time) -> allotments with reasons. No clock, no I/O."""
