"""One card begins at two stations in the same moment: whoever came first charges, however long the disk takes."""

import asyncio
from datetime import UTC, datetime

from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.drivers import (
    Admission,
    Driver,
    DriverToken,
    TokenPolicy,
    Verdict,
)
from custom_components.evenload.engine.model.events import Connected, StatusReported
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import EvseStatus, OcppVersion
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.site import Site
from tests.engine.sessions.test_replay import Disk

CARD = "ANNA"
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
ANNA = Driver(id="anna", name="Anna", tokens=(DriverToken(CARD),))
SITE = SiteConfig(
    "Home",
    Current(63),
    stations={
        identity: StationConfig(identity, "", admission=Admission(TokenPolicy.KNOWN))
        for identity in "AB"
    },
    drivers={"anna": ANNA},
)


def opened() -> Site:
    """A house with a vehicle at each of two stations."""
    site = Site(SITE, ListenerConfig(0, "127.0.0.1"), Disk(), lambda: NOW)
    for identity in "AB":
        site._desk.hear(
            Connected(
                identity=identity, at=NOW, version=OcppVersion.V16, address="here"
            )
        )
        site._desk.hear(
            StatusReported(
                identity=identity, at=NOW, evse=1, status=EvseStatus.PREPARING
            )
        )
    return site


async def begun(site: Site, identity: str) -> Verdict:
    """What a station is answered to a start, as its connection does it."""
    start = TransactionStart(EvseKey(identity, 1), NOW, CARD, 0.0)
    transaction_id = await site._desk.begin_transaction(start, reservation_id=None)
    judgement = site._desk.judge_transaction(identity, transaction_id, CARD)
    return judgement.verdict


async def test_the_first_of_two_starts_charges() -> None:
    for first, second in ("AB", "BA"):
        site = opened()
        answers = await asyncio.gather(begun(site, first), begun(site, second))
        assert answers == [Verdict.ACCEPTED, Verdict.CONCURRENT]
        # Told again, neither changes its place (1.6 §4.8, errors and retries).
        assert await begun(site, second) is Verdict.CONCURRENT
        assert await begun(site, first) is Verdict.ACCEPTED
        await site.close()


async def test_a_token_that_is_told_later_comes_later() -> None:
    """2.x: a transaction may begin with the plug; its token is told in a later message (E01, E03)."""
    site = opened()
    start = TransactionStart(EvseKey("A", 1), NOW, None, None, "uuid")
    await site._desk.begin_transaction(start, reservation_id=None)
    assert await begun(site, "B") is Verdict.ACCEPTED
    judgement = site._desk.judge_transaction("A", "uuid", CARD)
    assert judgement.verdict is Verdict.CONCURRENT
    await site.close()
