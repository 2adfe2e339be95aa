"""Sessions on record without a database: as many as a test puts there."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import override

from custom_components.evenload.engine.accounting import Accounting, StoreState
from custom_components.evenload.engine.model.sessions import SessionQuery, SessionRecord


class FakeSessions(Accounting):
    """Keeps the facade's promises with nothing behind it."""

    records: tuple[SessionRecord, ...] = ()
    store = StoreState(usable=True)

    @property
    @override
    def store_state(self) -> StoreState:
        return self.store

    @override
    async def list_sessions(self, query: SessionQuery) -> list[SessionRecord]:
        return list(self.records)

    @override
    async def each_session[T](
        self, query: SessionQuery, do: Callable[[Iterable[SessionRecord]], T]
    ) -> T:
        return do(self.records)

    @override
    async def prune_sessions(self, before: datetime | None) -> int:
        return 0

    @override
    async def rest_store(self, *, rest: bool) -> None:
        """There is nothing to copy."""
