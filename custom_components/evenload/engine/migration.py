"""What earlier versions kept, made as today's: values of JSON in, values of JSON out."""

from collections.abc import Iterator
from typing import Any


def migrated(data: Any) -> Any:
    """Return a part of the vault as this version writes it. What has another form is left to whoever reads it."""
    for transaction in _transactions(data):
        if isinstance(known := transaction.get("id"), int):
            # OCPP 2.x has texts for ids; before it came, they were the numbers of 1.6.
            transaction["id"] = str(known)
    return data


def _transactions(data: Any) -> Iterator[dict[str, Any]]:
    pages = _within(data, "pages")
    for session in (
        *_list(_within(data, "ended")),
        *_list(_within(pages, "open_sessions")),
    ):
        for transaction in _list(_within(session, "transactions")):
            if isinstance(transaction, dict):
                yield transaction


def _within(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
