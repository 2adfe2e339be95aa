"""A house that is killed at any moment while vehicles charge, and a station that tells it again what was not answered."""
