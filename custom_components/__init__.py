"""Makes this folder a package: the one found before any other of that name in the tests."""
