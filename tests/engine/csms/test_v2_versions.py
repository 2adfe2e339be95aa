"""A station that speaks now one version of OCPP and now another (part 4 §3: the newest that both know)."""

from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from tests.engine.csms.conftest import Dial, Dial2, OpenSite
from tests.engine.csms.dialler import Dialler


async def test_another_version_is_another_station_to_learn(
    open_site: OpenSite, dial: Dial, dial2: Dial2
) -> None:
    # Its owner has switched it over: the same firmware shows itself in other words (reference: FoxESS).
    site = await open_site("A")
    old = await dial(site)
    await old.boot(firmwareVersion="1.0")
    await old.called("TriggerMessage", 2)
    await old.close()
    new = await dial2(site)
    await new.boot(firmwareVersion="1.0")
    await new.settled()
    assert len(new.asked("GetBaseReport")) == 1
    assert site.stations["A"].capabilities.evse_traits[1].phases == 3
    await new.close()
    # Who speaks now this and now that is not read at every change, but when its firmware is another.
    again = await dial(site)
    await again.boot(firmwareVersion="1.0")
    await again.called("TriggerMessage", 2)
    assert again.asked("GetConfiguration") == []
    await again.close()
    newer = await dial(site)
    await newer.boot(firmwareVersion="1.1")
    await newer.called("GetConfiguration")
    await newer.called("TriggerMessage", 2)
    assert site.stations["A"].capabilities.learnt_before == ()


async def test_dynamic_profiles_are_left_alone_in_a_version_without_them(
    open_site: OpenSite, dial: Dial, dial2: Dial2
) -> None:
    # 2.1 K28; a firmware may be told to speak another version.
    site = await open_site("A")
    first = await dial2(site, version="2.1")
    name = "SmartChargingCtrlr/SupportsDynamicProfiles"
    first.model[name] = ("true", "ReadOnly", "")
    await first.boot(firmwareVersion="1.0")
    await first.settled()
    await first.close()
    order = LimitOrder(1, Current(9.0), Layer.LEASE, lease_s=600)
    for connect in (dial, dial2):
        station: Dialler = await connect(site)
        await station.boot(firmwareVersion="1.0")
        await station.called("TriggerMessage", 2)
        assert await site.commands("A").set_limit(order) is Outcome.APPLIED
        assert "Absolute" in str(station.asked("SetChargingProfile")[-1])
        assert "Dynamic" not in str(station.calls)
        await station.close()
    assert site.stations["A"].capabilities.dynamic_profiles
