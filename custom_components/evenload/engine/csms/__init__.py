"""Speaks OCPP. In: frames. Out: model events. In: model orders. Out: frames."""
