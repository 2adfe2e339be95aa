"""Times of a clock on the wall, which leaps twice a year, as moments."""

from datetime import UTC, datetime, timedelta

# Clocks leap in whole minutes.
_MINUTE = timedelta(minutes=1)


def first_shown(local: datetime) -> datetime:
    """Return when the clock of its zone first shows a time, or a later one: it leaps over an hour when summer begins."""
    at = local.astimezone(UTC)
    if at.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return at
    # The clock shows less at `before`, and more at `after`.
    before, after = local.replace(fold=1).astimezone(UTC), at
    while after - before > _MINUTE:
        half = (before + (after - before) / 2).replace(second=0, microsecond=0)
        shows = half.astimezone(local.tzinfo).replace(tzinfo=None)
        if shows < local.replace(tzinfo=None):
            before = half
        else:
            after = half
    return after.replace(second=0, microsecond=0)
