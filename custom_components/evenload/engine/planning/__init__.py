"""Planning: pure functions from what vehicles need and what is expected of the next hours to a plan in quarters."""
