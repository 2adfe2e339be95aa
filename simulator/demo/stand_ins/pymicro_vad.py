"""Voice detection that hears nothing."""


class MicroVad:
    """Stands in for the class that Assist imports."""
