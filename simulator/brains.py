"""Giving a station the brain of the version of OCPP that it is to speak."""

from dataclasses import dataclass

from simulator.brain import Brain
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.ocpp2.charging_station import ChargingStation
from simulator.ocpp2.device_model import DeviceModel
from simulator.ocpp2.standard import device_model
from simulator.ocpp16.charge_point import ChargePoint
from simulator.ocpp16.configuration import MEASURANDS, STANDARD_KEYS, Configuration
from simulator.ocpp16.discharging import keys_of
from simulator.ocppj.link import Link
from simulator.readings import EXPORT_MEASURANDS
from simulator.station import Station


@dataclass(frozen=True, slots=True)
class Temper:
    """How a station is set up, whatever it speaks."""

    autostart_tag: str | None
    meter_interval_s: int
    boots_on_reconnect: bool
    tells_by_events: bool
    configuration: dict[str, str]


def build(
    version: str,
    station: Station,
    link: Link,
    clock: Clock,
    faults: Faults,
    temper: Temper,
) -> Brain:
    """The brain of a version; raises ValueError for one that there is not."""
    if version == "1.6":
        return ChargePoint(
            station,
            link,
            clock,
            faults,
            _configuration(station, temper),
            temper.autostart_tag,
            temper.boots_on_reconnect,
        )
    if version in ("2.0.1", "2.1"):
        return ChargingStation(
            version,
            station,
            link,
            clock,
            faults,
            _device_model(version, station, link, temper),
            temper.autostart_tag,
            temper.boots_on_reconnect,
            temper.tells_by_events,
        )
    raise ValueError(f"no OCPP {version}; there are 1.6, 2.0.1 and 2.1")


def _configuration(station: Station, temper: Temper) -> Configuration:
    defaults = {
        "NumberOfConnectors": str(len(station.evses)),
        "MeterValueSampleInterval": str(temper.meter_interval_s),
        "ConnectorSwitch3to1PhaseSupported": str(station.switches_phases).lower(),
    }
    keys = {k: v for k, v in temper.configuration.items() if "." not in k}
    feeds_back = station.bidirectional is not None
    return Configuration(
        defaults | keys,
        (*STANDARD_KEYS, *keys_of(station)),
        (*MEASURANDS, *(EXPORT_MEASURANDS if feeds_back else ())),
    )


def _device_model(
    version: str, station: Station, link: Link, temper: Temper
) -> DeviceModel:
    interval = {"SampledDataCtrlr.TxUpdatedInterval": str(temper.meter_interval_s)}
    variables = {k: v for k, v in temper.configuration.items() if "." in k}
    model = device_model(version, station, interval | variables)
    model.at("SecurityCtrlr.SecurityProfile").live = link.dial.security_profile
    model.at("SecurityCtrlr.Identity").value = link.identity
    return model
