"""What earlier versions kept, made as today's: values of JSON in, values of JSON out."""

from collections.abc import Iterator
from typing import Any


def migrated(data: Any) -> Any:
    """Return a part of the vault as this version writes it. What has another form is left to whoever reads it."""
    for transaction in _transactions(data):
        if isinstance(known := transaction.get("id"), int):
            # OCPP 2.x has texts for ids; before it came, they were the numbers of 1.6.
            transaction["id"] = str(known)
    pages = _within(data, "pages")
    if isinstance(pages, dict) and "plugs" not in pages:
        pages["plugs"] = list(_plugs(pages))
    for station in _list(_within(data, "stations")):
        for evse in _list(_within(station, "evses")):
            if isinstance(evse, dict):
                _with_histories(evse)
    return data


def _with_histories(evse: dict[str, Any]) -> None:
    """Give a record of registers as they were before readings told late were counted today's form."""
    register, reading = evse.get("register"), _within(evse, "reading")
    if isinstance(register, dict) and "raw_wh" in register:
        evse["register"] = _history(register)
    exported_wh, at = _within(reading, "energy_export_wh"), _within(reading, "at")
    if "export" not in evse and exported_wh is not None and at is not None:
        register = {"raw_wh": exported_wh, "total_wh": exported_wh, "at": at}
        evse["export"] = _history(register)


def _history(register: dict[str, Any]) -> dict[str, Any]:
    total_wh = register.get("total_wh")
    return {"register": register, "before": register, "total_wh": total_wh}


def _plugs(pages: dict[str, Any]) -> Iterator[Any]:
    """Return what is known of plugs where only the last moment without a vehicle was kept, and the open sessions."""
    seen: dict[str, tuple[Any, list[Any]]] = {}
    for session in _list(pages.get("open_sessions")):
        key, at = _within(session, "key"), _within(session, "started_at")
        seen.setdefault(str(key), (key, []))[1].append({"at": at, "plugged": True})
    for vacant in _list(pages.get("vacant")):
        if isinstance(vacant, list) and len(vacant) == 2:
            key, at = vacant
            seen.setdefault(str(key), (key, []))[1].append({"at": at, "plugged": False})
    for key, told in seen.values():
        told.sort(key=lambda plug: str(plug["at"]))
        yield [key, {"told": told, "since": told[0]["at"]}]


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
