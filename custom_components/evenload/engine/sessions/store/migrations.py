"""Earlier versions of the tables, brought up to today's, one step after the other."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from .tables import METADATA

VERSION = 4


def migrate(connection: Connection, version: int) -> None:
    """Bring the tables from a version up to today's, within the caller's transaction."""
    for step in range(version, VERSION):
        _STEPS[step](connection)
        connection.execute(text(f"PRAGMA user_version={step + 1}"))


def _with_figures(connection: Connection) -> None:
    """At first nothing but sessions and their transactions was kept."""
    for column in (
        "own_wh FLOAT",
        "cost FLOAT",
        "unpriced_wh FLOAT NOT NULL DEFAULT 0",
        "currency VARCHAR",
        "source VARCHAR",
        "driver VARCHAR",
        "meter_start_wh FLOAT",
        "meter_stop_wh FLOAT",
        "pauses TEXT",
        "quarters TEXT",
    ):
        connection.execute(text(f"ALTER TABLE sessions ADD COLUMN {column}"))
    # What is new; what is there already stays.
    METADATA.create_all(connection)
    connection.execute(
        text(
            "CREATE INDEX IF NOT EXISTS sessions_of_driver "
            "ON sessions (driver, started_at)"
        )
    )


def _with_billing(connection: Connection) -> None:
    """Until then a driver's name was looked up when it was shown, and gone with the driver."""
    for column in ("driver_name VARCHAR", "counted BOOLEAN"):
        connection.execute(text(f"ALTER TABLE sessions ADD COLUMN {column}"))


def _with_indices(connection: Connection) -> None:
    """Until then all sessions were looked through for those of a card, and for those that something new concerns."""
    for name, columns in (
        ("sessions_of_token", "sessions (token, started_at)"),
        ("sessions_ended", "sessions (ended_at)"),
        ("ix_transactions_session", "transactions (session)"),
    ):
        connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}"))


_STEPS: dict[int, Callable[[Connection], None]] = {
    1: _with_figures,
    2: _with_billing,
    3: _with_indices,
}
