"""Benchmarks: each prints a table and ends with its figures. Nothing here asserts a time."""
