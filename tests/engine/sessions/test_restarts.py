"""A session goes on over a restart as if there had been none: what it was taken for then is no news of its vehicle."""

import asyncio
from datetime import timedelta

from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.sessions.days import T0, Message
from tests.engine.sessions.test_replay import played


def test_a_session_that_ended_with_itself_ends_when_its_vehicle_leaves() -> None:
    """Nothing flowed, and its statuses come only after a restart: that nobody was seen does not tell when the vehicle left."""

    def told(minutes: int, kind: str, status: EvseStatus | None = None) -> Message:
        number, wh = (0, None) if status else (101, 0.0)
        at, token = T0 + timedelta(minutes=minutes), None if status else "card"
        reason = "Local" if kind == "end" else None
        return Message(at, 1, kind, number, wh, status, reason, token)

    transaction = [told(61, "start"), told(65, "end")]
    seen = [
        told(60, "status", EvseStatus.PREPARING),
        told(65, "status", EvseStatus.FINISHING),
        told(70, "status", EvseStatus.AVAILABLE),
    ]
    later = T0 + timedelta(hours=5)
    messages = [(T0, told(0, "status", EvseStatus.AVAILABLE))]
    messages += [(later, message) for message in (*transaction, *seen)]
    for restart in (-1, 3, 4, 5):
        [session] = asyncio.run(played(1, messages, restart)).sessions()
        times = [(at - T0) / timedelta(minutes=1) for at in session[1:3]]
        assert times == [60, 70], restart
