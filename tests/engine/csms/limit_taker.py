"""A station of a few lines that takes limits in some forms and refuses them in others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from custom_components.evenload.engine.csms.dialects.quirks import Quirks
from custom_components.evenload.engine.csms.limiting.limits import Limits
from custom_components.evenload.engine.csms.limiting.terms import Knowledge
from custom_components.evenload.engine.csms.v2.limits import Encoder2
from custom_components.evenload.engine.csms.v16.limits import Encoder16
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.clocks import Clock
from custom_components.evenload.engine.model.configuration import Overrides

type Payload = dict[str, Any]

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


@dataclass
class Taker:
    """Implements `Caller` for `Limits`, and keeps what is learnt of it."""

    answers: Callable[[str, Payload], Payload | Exception] = lambda *_: ACCEPTED
    known: Capabilities = field(default_factory=Capabilities)
    quirks: Quirks = field(default_factory=Quirks)
    overrides: Overrides = field(default_factory=Overrides)
    version: str = "1.6"
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    now: datetime = NOW
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Begin a new connection: what is known of the station stays."""
        knowledge = Knowledge(
            lambda: self.known,
            lambda: self.quirks,
            lambda: self.overrides,
            self._learn,
            clock=lambda: self.clock,
        )
        kind = Encoder16 if self.version == "1.6" else Encoder2
        self.encoder = kind(knowledge.as_read)
        self.limits = Limits(self, self.encoder, knowledge, lambda: self.now)

    async def call(
        self,
        action: str,
        payload: Payload,
        timeout_s: float | None = None,
        *,
        urgent: bool = False,
    ) -> Payload:
        assert urgent
        self.calls.append((action, payload))
        answer = self.answers(action, payload)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def forms(self) -> list[tuple[str, str, int, str]]:
        """Purpose, kind, level and unit of all that was sent, and begin anew."""
        found = [form(payload) for action, payload in self.calls if action[0] == "S"]
        self.calls.clear()
        return found

    def _learn(self, capabilities: Capabilities) -> None:
        self.known = capabilities


def form(payload: Payload) -> tuple[str, str, int, str]:
    """Return what a profile is, whatever the version."""
    profile = payload.get("csChargingProfiles") or payload["chargingProfile"]
    schedule = profile["chargingSchedule"]
    schedule = schedule[0] if isinstance(schedule, list) else schedule
    return (
        profile["chargingProfilePurpose"],
        profile["chargingProfileKind"],
        profile["stackLevel"],
        schedule["chargingRateUnit"],
    )
