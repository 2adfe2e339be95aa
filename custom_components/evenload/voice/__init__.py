"""What can be said to a voice assistant about charging, and what it answers."""
