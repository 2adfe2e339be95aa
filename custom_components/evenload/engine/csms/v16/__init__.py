"""OCPP 1.6-J: the only place that knows this version."""
