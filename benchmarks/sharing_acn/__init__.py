"""acnportal's simulator of a real car park drives our strategies beside its own."""
