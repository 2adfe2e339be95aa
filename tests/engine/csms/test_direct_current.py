"""A 1.6 station with direct current that nobody has declared is recognised, and its readings are believed."""

from datetime import UTC, datetime, timedelta

from custom_components.evenload.engine.model.identity import EvseKey
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialler import Dialler


async def test_its_readings_are_those_of_direct_current(open_site: OpenSite) -> None:
    site = await open_site("A")
    key = EvseKey("A", 1)
    async with Dialler(site.port, "A") as station:
        await station.boot()
        assert not site.kind(key).is_dc
        for second in range(3):
            at = datetime.now(UTC) + timedelta(milliseconds=second)
            sampled = [
                {"value": "395", "measurand": "Voltage", "unit": "V"},
                {"value": "250", "measurand": "Current.Import", "unit": "A"},
                {"value": "98.75", "measurand": "Power.Active.Import", "unit": "kW"},
                {"value": "40", "measurand": "SoC", "unit": "Percent"},
            ]
            value = {"timestamp": at.isoformat(), "sampledValue": sampled}
            told = {"connectorId": 1, "meterValue": [value]}
            await station.result("MeterValues", told)
        assert site.kind(key).is_dc
        reading = site.stations["A"].evses[1].reading
        assert (reading.dc_current_a, reading.dc_voltage_v) == (250.0, 395.0)
        assert reading.power_w == 98_750.0
