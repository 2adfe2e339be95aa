"""Transaction ids as 1.6 carries them, integers of 32 bits, and as the house knows them: texts (§6.50, §6.45)."""

from ...model.errors import InvalidRequest

HIGHEST = 2**31 - 1


def known_as(sent: int | None) -> str | None:
    """Return the id as the house knows it; None where it names no transaction.

    Stations whose start was not answered yet say -1 or 0, and some say 2^63-1 outside a transaction.
    """
    return str(sent) if sent is not None and 0 < sent <= HIGHEST else None


def to_send(transaction_id: str) -> int:
    """Return the id as 1.6 carries it.

    Raises:
        InvalidRequest: it is one of another version, which this station cannot know.

    """
    if not transaction_id.isdecimal() or not 0 < int(transaction_id) <= HIGHEST:
        raise InvalidRequest(
            "RemoteStopTransaction", "no transaction of OCPP 1.6 has this id"
        )
    return int(transaction_id)
