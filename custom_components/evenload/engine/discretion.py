"""What may be shown of the texts that stations say."""

from .csms.redaction import redacted


def discreet(text: str) -> str:
    """Return a text without secrets: makers put JSON into what they say of a fault."""
    return redacted(text) if text.lstrip()[:1] in {"{", "["} else text
