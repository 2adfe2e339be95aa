"""Several stations on one server, all of one make: what is said to one is not said to another, nor heard of it."""

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.csms.conftest import Dial, OpenSite

NAMES = ("garage", "Garage", "garage-2")


async def test_each_is_told_its_own_and_heard_as_itself(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site(*NAMES)
    stations = {name: await dial(site, name) for name in NAMES}
    for station in stations.values():
        await station.boot()
        await station.called("TriggerMessage", 2)
        station.calls.clear()

    for number, (name, station) in enumerate(stations.items()):
        await station.result(
            "StatusNotification",
            {"connectorId": 1, "errorCode": "NoError", "status": "Charging"},
        )
        sample = {"value": str(1000 + number)}
        value = {"timestamp": "2026-01-01T12:00:00Z", "sampledValue": [sample]}
        await station.result("MeterValues", {"connectorId": 1, "meterValue": [value]})
        await site.commands(name).set_configuration("LightIntensity", str(number))

    for number, (name, station) in enumerate(stations.items()):
        assert station.asked("ChangeConfiguration") == [
            {"key": "LightIntensity", "value": str(number)}
        ]
        evse = site.evse(EvseKey(name, 1))
        assert evse.status is EvseStatus.CHARGING
        assert evse.reading.energy_import_wh == 1000.0 + number
    await stations["Garage"].result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Available"},
    )
    statuses = [site.evse(EvseKey(name, 1)).status for name in NAMES]
    assert statuses == [
        EvseStatus.CHARGING,
        EvseStatus.AVAILABLE,
        EvseStatus.CHARGING,
    ]
