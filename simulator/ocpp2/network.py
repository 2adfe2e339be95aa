"""Where a station dials, and how patiently (B09, B10; part 4 §5.3 for the back-off)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

FIRST_SLOT = "1"


class Network:
    """The network connection profiles of one station; the first slot is how it left the factory."""

    def __init__(self, station: ChargingStation) -> None:
        """Dial as told at first."""
        self._station = station
        self._factory = replace(station.link.dial)
        self._failures = 0
        self.profiles: dict[str, Payload] = {}
        self.active = FIRST_SLOT

    def snapshot(self) -> dict[str, Any]:
        """What to keep over a reboot."""
        return {"profiles": self.profiles, "password": self._station.link.dial.password}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up again what was kept, and dial by the first profile of the priority (B10.FR.01)."""
        self.profiles = dict(saved["profiles"])
        self._station.link.dial.password = saved["password"]
        self._use(self._order()[0])
        self.be_patient()

    def be_patient(self) -> None:
        """Take over how long to wait between two attempts, and how often to ping."""
        device_model, link = self._station.device_model, self._station.link
        first_s = device_model.number("OCPPCommCtrlr.RetryBackOffWaitMinimum")
        times = device_model.number("OCPPCommCtrlr.RetryBackOffRepeatTimes")
        link.back_off.first_s = float(max(1, first_s))
        link.back_off.last_s = link.back_off.first_s * (1 << min(times, 16))
        spread_s = device_model.number("OCPPCommCtrlr.RetryBackOffRandomRange")
        link.back_off.spread_s = float(spread_s)
        ping_s = device_model.number("OCPPCommCtrlr.WebSocketPingInterval")
        link.dial.ping_interval_s = float(ping_s) or None

    def failed(self) -> None:
        """Nobody answered: after so many times the next profile has its turn (B10.FR.03)."""
        self._failures += 1
        most = self._station.device_model.number(
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts"
        )
        order = self._order()
        if self._failures < most or len(order) == 1:
            return
        place = order.index(self.active) if self.active in order else -1
        self._use(order[(place + 1) % len(order)])

    def succeeded(self) -> None:
        """Somebody answered."""
        self._failures = 0

    def _order(self) -> list[str]:
        """The slots that say where to dial, the first first."""
        slots = self._station.device_model.items(
            "OCPPCommCtrlr.NetworkConfigurationPriority"
        )
        known = [s for s in slots if s == FIRST_SLOT or s in self.profiles]
        return known or [FIRST_SLOT]

    def _use(self, slot: str) -> None:
        self._failures, self.active = 0, slot
        dial, profile = self._station.link.dial, self.profiles.get(slot)
        dial.url = profile["ocppCsmsUrl"] if profile else self._factory.url
        if profile and (password := profile.get("basicAuthPassword")):
            dial.password = password
        active = self._station.device_model.at("OCPPCommCtrlr.ActiveNetworkProfile")
        active.value = slot
