"""In place of two packages that must be compiled: Assist cannot start without them, and the demo has no microphone."""
