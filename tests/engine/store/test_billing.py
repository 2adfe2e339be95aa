"""What held of a driver when a session ended is on record with it, and nothing afterwards changes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import (
    Billing,
    SessionQuery,
    Tariff,
)
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = EvseKey("garage", 1)
END = T0 + timedelta(hours=1)


def batch(billing: dict[str, Billing], *, is_over: bool, card: str = "card") -> Batch:
    """A session of 4 kWh at 0.50, and the drivers as they are now."""
    end, meter = (END, 5000.0) if is_over else (None, None)
    transaction = Transaction(
        *("1", KEY, T0, card, 1000.0, 5000.0, END, end, "Local"), meter_stop_wh=meter
    )
    slot = slot_of(T0.timestamp())
    return Batch(
        [Session(KEY, T0, (transaction,), end)],
        tariffs={slot + n: Tariff(0.5, currency="EUR") for n in range(4)},
        drivers={("garage", "card"): "anna", ("garage", "other"): "ben"},
        billing=billing,
    )


ANNA = Billing("Anna")
NOW_FREE = Billing("Anna B.", counted=False)


@pytest.mark.parametrize("later", [{}, {"anna": NOW_FREE}], ids=["gone", "changed"])
async def test_the_end_of_a_session_decides(
    tmp_path: Path, later: dict[str, Billing]
) -> None:
    store = SessionStore(tmp_path / "sessions.db", lambda: T0)
    await store.open()
    await store.write(batch({"anna": Billing("Ann")}, is_over=False))
    [booked] = await store.write(batch({"anna": ANNA}, is_over=True))
    assert booked.billing == ANNA
    [booked] = await store.write(batch(later, is_over=True))
    assert (booked.billing, booked.driver) == (ANNA, "anna")
    # What is told of its time later touches it as well.
    slot = slot_of(T0.timestamp())
    await store.write(Batch(tariffs={slot: Tariff(9.0)}, billing=later))
    [one] = await store.records(SessionQuery())
    assert one.billing == ANNA
    totals = await store.totals(SessionQuery())
    assert totals["anna"].cost == {"EUR": pytest.approx(2.0)}
    await store.close()


async def test_another_s_card_is_another_s_bill(tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "sessions.db", lambda: T0)
    await store.open()
    everybody = {"anna": ANNA, "ben": Billing("Ben", counted=False)}
    await store.write(batch(everybody, is_over=True))
    [booked] = await store.write(batch(everybody, is_over=True, card="other"))
    assert booked.billing == everybody["ben"]
    # Who charged for free owes nothing this month, whatever holds now.
    totals = await store.totals(SessionQuery())
    assert (totals["ben"].cost, totals["ben"].unpriced_wh) == ({"EUR": 0.0}, 0.0)
    [booked] = await store.write(batch(everybody, is_over=True, card="stranger"))
    assert (booked.driver, booked.billing) == (None, None)
    await store.close()
