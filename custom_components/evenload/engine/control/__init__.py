"""The loop that joins events, sharing and stations: when to re-allot, and how limits reach stations safely."""
