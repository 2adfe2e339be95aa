"""The engine: OCPP server, sharing and safety. It knows nothing of Home Assistant.

What Home Assistant files use is `Site`, the nouns of `model`, `Commands`, `Vault` and the checks of `balancing`.
"""
