"""What earlier versions kept is read as it was meant."""

from datetime import UTC, datetime, timedelta

from custom_components.evenload.engine.memory import _STATE_DECODER, State
from custom_components.evenload.engine.migration import migrated
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.sessions.ledger import Ledger
from custom_components.evenload.engine.sessions.registers import Register

AT = "2026-06-01T08:00:00+00:00"
T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = {"identity": "garage", "evse": 1}
OTHER = {"identity": "garage", "evse": 2}

# As version 0.1 wrote it.
OLD = {
    "pages": {
        "next_id": 18,
        "open_sessions": [
            {
                "key": KEY,
                "started_at": AT,
                "transactions": [
                    {
                        "id": 17,
                        "key": KEY,
                        "started_at": "2026-06-01T08:05:00+00:00",
                        "token": "CARD",
                        "meter_start_wh": 1000.0,
                        "meter_last_wh": 1400.0,
                        "last_at": "2026-06-01T08:10:00+00:00",
                        "ended_at": None,
                        "end_reason": None,
                        "recovered": False,
                    }
                ],
                "ended_at": None,
            }
        ],
        "vacant": [[OTHER, AT]],
    },
    "stations": [
        {
            "identity": "garage",
            "info": {},
            "capabilities": {},
            "operative": True,
            "holding": {},
            "evses": [
                {
                    "number": 1,
                    "status": "charging",
                    "operative": True,
                    "settings": {},
                    "holding": {},
                    "reading": {"at": AT, "energy_export_wh": 70.0},
                    "register": {"raw_wh": 1400.0, "total_wh": 2400.0, "at": AT},
                }
            ],
        }
    ],
}


def read() -> State:
    state: State = _STATE_DECODER.decode(migrated(OLD))
    return state


def test_a_transaction_goes_on() -> None:
    ledger = Ledger(1)
    ledger.restore(read().pages, ())
    key = EvseKey("garage", 1)
    assert ledger.transaction_of(key).id == "17"
    ledger.meter(key, "17", 1900, T0 + timedelta(minutes=20))
    assert ledger.open[key].energy_wh == 900
    assert ledger.open[key].started_at == T0
    closed = ledger.status(key, EvseStatus.AVAILABLE, T0 + timedelta(minutes=30))
    assert closed.started_at == T0, "it had been plugged in before"


def test_where_no_vehicle_was_none_is() -> None:
    ledger = Ledger(1)
    ledger.restore(read().pages, ())
    [plug] = ledger.shelf.plugs[EvseKey("garage", 2)].told
    assert (plug.at, plug.plugged) == (T0, False)


def test_registers_go_on() -> None:
    [evse] = read().stations[0].evses
    assert evse.register.total_wh == 2400
    assert evse.register.register == Register(1400, 2400, T0)
    later = evse.register.after(1500, T0 + timedelta(minutes=5))
    assert later.total_wh == 2500
    assert evse.export.after(80, T0 + timedelta(minutes=5)).total_wh == 80


def test_what_is_of_today_stays() -> None:
    assert migrated(migrated(OLD)) == migrated(OLD)
    for foreign in (None, 5, [], {}, {"pages": []}, {"pages": {"open_sessions": [5]}}):
        migrated(foreign)
