"""Who may charge: pure functions from drivers, a station's policy and a token to what is answered."""
