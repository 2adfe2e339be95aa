"""How a limit reaches a station of any version: which forms there are, which one it takes, and what that teaches."""
