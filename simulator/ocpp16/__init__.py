"""OCPP 1.6-J as a charge point speaks it: raw JSON frames over a websocket."""
