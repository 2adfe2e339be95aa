"""OCPP 2.0.1 and 2.1: one adapter, whose differences between the two are data."""
