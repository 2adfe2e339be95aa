"""What a session came to: of its transactions, of what was read meanwhile, and of what held in each quarter hour.

Pure, so that what is told late, twice or out of order comes to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from ..model.sessions import Account, Quarter, Source, Tariff
from ..model.transactions import Session, Transaction
from .curves import (
    QUARTER_S,
    Point,
    Slots,
    added,
    integral,
    rise,
    rise_of_register,
    slot_of,
)

NO_TARIFF = Tariff()

# What is less is the rounding of meters.
LEAST_WH = 0.001

# A register that stands while more than this flows is none: 1.6 has to tell one, also where there is none.
STANDING_WH = 50.0


class Kind(IntEnum):
    """What was read."""

    IMPORTED = 0
    EXPORTED = 1
    POWER = 2


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read at an EVSE, of each kind in the order of time."""

    imported: Sequence[Point] = ()
    exported: Sequence[Point] = ()
    power: Sequence[Point] = ()

    @property
    def of_kinds(self) -> tuple[Sequence[Point], ...]:
        """All of it, one kind after the other."""
        return self.imported, self.exported, self.power


@dataclass(slots=True)
class _Flows:
    """What flowed, by quarter hour."""

    energy_in: Slots = field(default_factory=dict)
    energy_out: Slots = field(default_factory=dict)
    integrated: bool = False


def account_of(
    session: Session, readings: Readings, tariffs: Mapping[int, Tariff]
) -> Account:
    """Return what a session came to so far."""
    flows = _Flows()
    for transaction in session.transactions:
        _add(flows, transaction, readings)
    slots = sorted(flows.energy_in.keys() | flows.energy_out.keys())
    quarters = tuple(
        _quarter(slot, flows, tariffs.get(slot, NO_TARIFF)) for slot in slots
    )
    quarters = _metered(quarters, readings.imported)
    priced = [one for one in quarters if one.cost is not None]
    owned = [one.own_wh for one in quarters if one.own_wh is not None]
    currencies = [
        tariff.currency
        for slot in slots
        if (tariff := tariffs.get(slot)) is not None and tariff.currency
    ]
    return Account(
        energy_wh=sum(flows.energy_in.values()),
        exported_wh=sum(flows.energy_out.values()),
        own_wh=sum(owned) if owned else None,
        cost=sum(one.cost or 0.0 for one in priced) if priced else None,
        unpriced_wh=sum(
            one.import_wh + one.export_wh for one in quarters if one.cost is None
        ),
        currency=currencies[0] if currencies else None,
        source=_source(session, flows),
        quarters=quarters,
    )


def cost_of(import_wh: float, export_wh: float, tariff: Tariff) -> float | None:
    """Return what a quarter hour cost; None where a price is not known that it hangs on.

    What is the site's own costs what it would have earned. What is given back into the house saves what that would have
    bought.
    """
    own, fed = tariff.own_share or 0.0, tariff.fed_share
    earns = tariff.export_price or 0.0
    cost = 0.0
    if import_wh > LEAST_WH:
        if tariff.import_price is None:
            return None
        cost += import_wh * ((1 - own) * tariff.import_price + own * earns)
    if export_wh > LEAST_WH:
        into_grid = 1.0 if fed is None else fed
        if into_grid < 1 and tariff.import_price is None:
            return None
        saves = tariff.import_price or 0.0
        cost -= export_wh * (into_grid * earns + (1 - into_grid) * saves)
    if import_wh <= LEAST_WH and export_wh <= LEAST_WH:
        return 0.0
    return cost / 1000


def _add(flows: _Flows, one: Transaction, readings: Readings) -> None:
    start, end = one.started_at.timestamp(), one.last_at.timestamp()
    total_wh = one.energy_wh
    energy_in, energy_out = integral(start, end, readings.power)
    flowed_wh = sum(energy_in.values()) + sum(energy_out.values())
    if _is_unmetered(one, readings, flowed_wh):
        flows.integrated = flows.integrated or bool(energy_in or energy_out)
        flows.energy_in = added(flows.energy_in, energy_in)
        flows.energy_out = added(flows.energy_out, energy_out)
        return
    base_wh = one.base_wh
    risen = (
        [] if base_wh is None else [(at, wh - base_wh) for at, wh in readings.imported]
    )
    flows.energy_in = added(flows.energy_in, rise(start, end, total_wh, risen))
    flows.energy_out = added(
        flows.energy_out, rise_of_register(start, end, readings.exported)
    )


def _is_unmetered(one: Transaction, readings: Readings, flowed_wh: float) -> bool:
    """Whether nobody read a register while a transaction ran, or only one that stood, but this was measured to flow."""
    if one.energy_wh or not flowed_wh:
        return False
    if one.base_wh is None:
        return True
    # One that moved before is a register, and so is that of what is fed back.
    have_moved = any(
        len({wh for _, wh in points}) > 1
        for points in (readings.imported, readings.exported)
    )
    return not have_moved and flowed_wh > STANDING_WH


def _quarter(slot: int, flows: _Flows, tariff: Tariff) -> Quarter:
    import_wh = flows.energy_in.get(slot, 0.0)
    export_wh = flows.energy_out.get(slot, 0.0)
    own = tariff.own_share
    return Quarter(
        datetime.fromtimestamp(slot * QUARTER_S, UTC),
        import_wh,
        export_wh,
        None if own is None else import_wh * own,
        cost_of(import_wh, export_wh, tariff),
    )


def _metered(
    quarters: tuple[Quarter, ...], imported: Sequence[Point]
) -> tuple[Quarter, ...]:
    """Return quarters with the register as it was last read in each."""
    last: Slots = {}
    for at, wh in imported:
        last[slot_of(at)] = wh
    return tuple(
        Quarter(
            one.start,
            one.import_wh,
            one.export_wh,
            one.own_wh,
            one.cost,
            last.get(slot_of(one.start.timestamp())),
        )
        for one in quarters
    )


def _source(session: Session, flows: _Flows) -> Source | None:
    if flows.integrated:
        return Source.INTEGRATED
    metered = any(one.base_wh is not None for one in session.transactions)
    return Source.REGISTER if metered else None
