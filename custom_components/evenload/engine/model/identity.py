"""Names of stations and EVSEs."""

from dataclasses import dataclass

# OCPP 2.0.1 part 4 §3.1.1 allows 48 characters; 1.6 names no length, so the larger serves both.
MAXIMUM_IDENTITY_LENGTH = 48


@dataclass(frozen=True, slots=True, order=True)
class EvseKey:
    """One EVSE of one station. EVSE 0 stands for the station as a whole."""

    identity: str
    evse: int

    def __str__(self) -> str:
        """Return the form used in unique ids: `{identity}_{evse}`."""
        return f"{self.identity}_{self.evse}"


def is_valid_identity(identity: str) -> bool:
    """Whether a station can be known by this identity.

    1 to 48 printable characters, no slash and no space at either end. Stations in the field use more than the
    characters of OCPP 2's identifierString, so those are not asked for.
    """
    return (
        0 < len(identity) <= MAXIMUM_IDENTITY_LENGTH
        and identity.isprintable()
        and "/" not in identity
        and identity == identity.strip()
        and identity not in {".", ".."}
    )


def masked(identity: str) -> str:
    """Return what a log may show of an identity or a token: its last characters."""
    return f"…{identity[-4:]}" if len(identity) > 4 else "…"
