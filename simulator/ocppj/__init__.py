"""What all versions of OCPP over JSON share: frames, the websocket, and reading the fields of a payload."""
