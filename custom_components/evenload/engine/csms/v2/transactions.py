"""What a 2.x station says of its transactions (2.0.1 block E, TransactionEvent)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...model.events import (
    MetersSampled,
    OperationModeReported,
    TransactionEnded,
    TransactionUpdated,
    VehicleNamed,
)
from ...model.identity import EvseKey
from ...model.orders import WHOLE_STATION
from ...model.readings import Context, Sample
from ...model.sessions import SignedValue
from ...model.transactions import TransactionStart
from ..clock import StationClock
from ..frames import CallFault
from ..framing import Fault
from ..host import Host
from ..meters import moment_or_now
from ..onboarding import MAXIMUM_EVSES
from .evses import Evses, Word
from .meters import readable, register_wh, signed_of
from .statuses import ChargingState
from .tokens import Tokens, token_of
from .vehicles import Vehicles, mode_of, vehicle_of

# Transactions whose EVSE is not known yet, and the EVSEs of those that were met on this connection.
_MOST_KNOWN = 100

type Moments = list[tuple[datetime, tuple[Sample, ...]]]


@dataclass(frozen=True, slots=True)
class _Told:
    """One TransactionEvent, read."""

    transaction_id: str
    evse: int | None
    at: datetime
    token: str | None
    moments: Moments
    offline: bool
    reservation_id: int | None
    signed: tuple[SignedValue, ...]


class Transactions:
    """Answers TransactionEvent and tells what happened."""

    def __init__(
        self,
        identity: str,
        host: Host,
        evses: Evses,
        tokens: Tokens,
        vehicles: Vehicles,
        clock: StationClock,
    ) -> None:
        """Serve one connection."""
        self._clock = clock
        self._identity = identity
        self._host = host
        self._evses = evses
        self._tokens = tokens
        self._vehicles = vehicles
        self._places: dict[str, int] = {}
        self._unplaced: dict[str, _Told] = {}

    async def answer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a TransactionEvent; the answer speaks of a token only where one was shown (E01.FR.11)."""
        told = self._read(payload)
        if not told.offline:
            self._clock.shown(told.at)
        match payload["eventType"]:
            case "Started":
                await self._started(told)
            case "Ended":
                await self._ended(told, payload)
            case _:
                await self._updated(told)
        if told.evse is not None:
            self._evses.transaction(told.evse, _word(payload, told))
            self._vehicle(payload, told, told.evse)
        if "idToken" not in payload:
            return {}
        return {
            "idTokenInfo": self._tokens.info(payload["idToken"], told.transaction_id)
        }

    def _vehicle(self, payload: dict[str, Any], told: _Told, evse: int) -> None:
        """Tell what the vehicle is called, and who decides what flows, where the station says it (2.1 Q01)."""
        if told.offline:
            # It was so, and another vehicle may be there now.
            return
        if payload["eventType"] == "Ended":
            self._vehicles.gone(evse)
        elif (name := vehicle_of(payload.get("idToken"))) is not None:
            self._vehicles.named(evse, name)
            self._host.hear(
                VehicleNamed(
                    identity=self._identity,
                    at=told.at,
                    evse=evse,
                    transaction_id=told.transaction_id,
                    vehicle=name,
                )
            )
        mode = mode_of(payload["transactionInfo"])
        if mode is not None:
            self._host.hear(
                OperationModeReported(
                    identity=self._identity,
                    at=told.at,
                    evse=evse,
                    transaction_id=told.transaction_id,
                    mode=mode,
                )
            )

    async def _started(self, told: _Told) -> None:
        if told.evse is None:
            # A card was shown before it is clear which EVSE will be used (E03).
            _remember(self._unplaced, told.transaction_id, told)
        await self._begin(told, told.evse or WHOLE_STATION)
        self._sampled(told)

    async def _updated(self, told: _Told) -> None:
        await self._place(told)
        if told.token is not None or not told.moments or told.evse is None:
            self._host.hear(
                TransactionUpdated(
                    identity=self._identity,
                    at=told.at,
                    transaction_id=told.transaction_id,
                    evse=told.evse,
                    token=told.token,
                )
            )
        self._sampled(told)

    async def _ended(self, told: _Told, payload: dict[str, Any]) -> None:
        await self._place(told)
        self._unplaced.pop(told.transaction_id, None)
        await self._host.end_transaction(
            TransactionEnded(
                identity=self._identity,
                at=told.at,
                transaction_id=told.transaction_id,
                meter_stop_wh=register_wh(told.moments, Context.TRANSACTION_END),
                # E06: a reason that is left out is Local.
                reason=payload["transactionInfo"].get("stoppedReason", "Local"),
                token=told.token,
                moments=tuple(told.moments),
                evse=told.evse,
                signed=told.signed,
            )
        )

    async def _place(self, told: _Told) -> None:
        """Begin a transaction whose EVSE has become known, as it began."""
        if told.evse is not None:
            start = self._unplaced.pop(told.transaction_id, None)
            if start is not None:
                await self._begin(start, told.evse)

    async def _begin(self, told: _Told, evse: int) -> None:
        start = TransactionStart(
            key=EvseKey(self._identity, evse),
            at=told.at,
            token=told.token,
            meter_start_wh=register_wh(told.moments, Context.TRANSACTION_BEGIN),
            transaction_id=told.transaction_id,
            offline=told.offline,
        )
        await self._host.begin_transaction(
            start, reservation_id=told.reservation_id, signed=told.signed
        )

    def _sampled(self, told: _Told) -> None:
        for at, samples in told.moments:
            self._host.hear(
                MetersSampled(
                    identity=self._identity,
                    at=at,
                    evse=told.evse or WHOLE_STATION,
                    samples=samples,
                    transaction_id=told.transaction_id,
                    signed=tuple(one for one in told.signed if one.at == at),
                )
            )

    def _read(self, payload: dict[str, Any]) -> _Told:
        transaction_id = payload["transactionInfo"]["transactionId"]
        # What cannot be read costs the time, not the session.
        at = moment_or_now(payload["timestamp"])
        return _Told(
            transaction_id,
            self._evse_of(payload, transaction_id),
            at,
            token_of(payload.get("idToken")),
            readable(payload.get("meterValue", []), at),
            payload.get("offline", False),
            payload.get("reservationId"),
            signed_of(payload.get("meterValue", [])),
        )

    def _evse_of(self, payload: dict[str, Any], transaction_id: str) -> int | None:
        """Return where a transaction is: it is told once at least (E01.FR.16), and may be left out afterwards."""
        said = int(payload.get("evse", {}).get("id", WHOLE_STATION))
        if not WHOLE_STATION <= said <= MAXIMUM_EVSES:
            raise CallFault(Fault.PROPERTY, f"evse/id: there is no EVSE {said}")
        if said != WHOLE_STATION:
            _remember(self._places, transaction_id, said)
            return said
        known = self._places.get(transaction_id) or self._host.evse_of(
            self._identity, transaction_id
        )
        if known is None and self._host.capabilities(self._identity).evses == 1:
            return 1
        return known


def _remember[T](known: dict[str, T], key: str, value: T) -> None:
    """Keep a value; the oldest ones make room."""
    known.pop(key, None)
    while len(known) >= _MOST_KNOWN:
        del known[next(iter(known))]
    known[key] = value


def _word(payload: dict[str, Any], told: _Told) -> Word:
    state = payload["transactionInfo"].get("chargingState")
    return Word(
        transaction_id=told.transaction_id,
        at=min(told.at, datetime.now(UTC)),
        sequence=payload["seqNo"],
        stamp=told.at,
        ended=payload["eventType"] == "Ended",
        state=None if state is None else ChargingState(state),
        offline=told.offline,
    )
