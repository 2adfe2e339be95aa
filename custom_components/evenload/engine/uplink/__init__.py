"""A CSMS above the house: it is told what a station says, and decides what the owner leaves to it."""
