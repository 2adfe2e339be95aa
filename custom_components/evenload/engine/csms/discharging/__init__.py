"""How a setpoint reaches a station of any version: what of it is the same in all, and how answers are read (docs/v2g-extension.md)."""
