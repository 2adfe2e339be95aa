"""The owner says that the other one of two boxes with one identity is the right one: a station was replaced."""

import pytest

from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.notices import NoticeKind
from tests.engine.csms import test_v2_doubles as doubles
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.notices import told
from tests.engine.csms.test_v2_doubles import FIRST, SECOND, boot, dialling

quick = doubles.quick


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_the_other_one_is_served_and_the_first_stays_away(
    open_site: OpenSite, version: str
) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, version) as first:
        await boot(first, "S1")
        async with dialling(site, SECOND, version) as second:
            await first.closed.wait()
            assert (await boot(second, "S2"))["status"] == "Rejected"
            await second.closed.wait()
    async with dialling(site, FIRST, version) as first:
        await boot(first, "S1")
        assert NoticeKind.STATION_DOUBLED in told(site)
        site.security.serve_other("A")
        assert NoticeKind.STATION_DOUBLED not in told(site)
        await first.closed.wait()
    async with dialling(site, SECOND, version) as second:
        assert (await boot(second, "S2"))["status"] == "Accepted"
        assert site.stations["A"].info.serial == "S2"
        async with dialling(site, FIRST, version) as first:
            await first.closed.wait()
        assert "currentTime" in await second.result("Heartbeat", {})
    # If the first one goes on, the owner is told of it.
    notice = told(site)[NoticeKind.STATION_DOUBLED]
    assert notice.placeholders == {"address": FIRST}


async def test_boxes_behind_one_address_cannot_be_told_apart(
    open_site: OpenSite,
) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, "1.6") as first:
        await boot(first, "S1")
        async with dialling(site, FIRST, "1.6") as second:
            await first.closed.wait()
            assert (await boot(second, "S2"))["status"] == "Rejected"
            await second.closed.wait()
    with pytest.raises(BadSetting, match="boxes_alike"):
        site.security.serve_other("A")
    async with dialling(site, FIRST, "1.6") as first:
        assert (await boot(first, "S1"))["status"] == "Accepted"
