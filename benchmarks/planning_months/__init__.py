"""Made-up months in homes with one to ten vehicles, lived through under one way to charge after the other."""
