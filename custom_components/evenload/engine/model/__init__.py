"""The nouns: phases, limits, stations, transactions, groups, readings. Frozen values, no I/O."""
