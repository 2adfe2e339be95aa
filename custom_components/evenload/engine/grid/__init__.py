"""A programme of a grid company or an aggregator above the site (OpenADR 3): what it asks for, and what it is told."""
