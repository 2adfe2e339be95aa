"""What a thin station says, in the words of its version of OCPP."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

type Json = dict[str, Any]
type Call = tuple[str, Json]

# Each with its measurand, phase, unit and value.
type Samples = list[tuple[str, str | None, str | None, float]]

# Watts of the report number n: no two are the same, so that each can be found again in a state.
FIRST_W = 5000
STEP_W = 1

# What OCPP 2 has no word for any more; and what it has beside, so that there are as many.
ONLY_16 = {"Temperature"}
ONLY_2 = {"Power.Offered"}


def now() -> str:
    """Return the time as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Words16:
    """OCPP 1.6."""

    subprotocol = "ocpp1.6"

    def __init__(self) -> None:
        """Begin without a transaction."""
        self._transaction: int | None = None
        self._reports = count()

    def boot(self) -> Call:
        """Say what one is."""
        return "BootNotification", {
            "chargePointVendor": "Evenload",
            "chargePointModel": "Thin",
        }

    def status(self) -> Call:
        """Say that a vehicle charges."""
        return "StatusNotification", {
            "connectorId": 1,
            "errorCode": "NoError",
            "status": "Charging",
            "timestamp": now(),
        }

    def heartbeat(self) -> Call:
        """Say that one is there."""
        return "Heartbeat", {}

    def start(self) -> Call | None:
        """Begin a transaction, unless there is one."""
        if self._transaction is not None:
            return None
        return "StartTransaction", {
            "connectorId": 1,
            "idTag": "CROWD",
            "meterStart": 0,
            "timestamp": now(),
        }

    def started(self, answer: Json) -> None:
        """Keep the id that the transaction got."""
        self._transaction = answer["transactionId"]

    def report(self) -> tuple[Call, float]:
        """Return meter values of 12 samples, and the power in them."""
        power_w, samples = sampled(next(self._reports))
        return self._told(samples), power_w

    def drawing(self, current_a: float) -> Call:
        """Return meter values that say how much is drawn on each phase."""
        return self._told(drawn(current_a))

    def _told(self, samples: Samples) -> Call:
        return (
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": self._transaction,
                "meterValue": [
                    {
                        "timestamp": now(),
                        "sampledValue": [
                            {
                                "value": f"{value:g}",
                                "context": "Sample.Periodic",
                                "measurand": measurand,
                                **({"phase": phase} if phase else {}),
                                **({"unit": unit} if unit else {}),
                            }
                            for measurand, phase, unit, value in samples
                            if measurand not in ONLY_2
                        ],
                    }
                ],
            },
        )

    def answer(self, action: str, _payload: Json) -> Json:
        """Do as one is told."""
        if action == "GetConfiguration":
            known = {
                "NumberOfConnectors": "1",
                "ChargeProfileMaxStackLevel": "8",
                "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
                "SupportedFeatureProfiles": "Core,SmartCharging,RemoteTrigger",
                "MeterValueSampleInterval": "10",
                "HeartbeatInterval": "60",
            }
            keys = [
                {"key": key, "value": value, "readonly": False}
                for key, value in known.items()
            ]
            return {"configurationKey": keys}
        return {"status": "Accepted"}


class Words2:
    """OCPP 2.0.1 and 2.1."""

    def __init__(self, subprotocol: str) -> None:
        """Begin without a transaction."""
        self.subprotocol = subprotocol
        self._transaction: str | None = None
        self._numbers = count()
        self._reports = count()

    def boot(self) -> Call:
        """Say what one is."""
        return "BootNotification", {
            "reason": "PowerUp",
            "chargingStation": {"vendorName": "Evenload", "model": "Thin"},
        }

    def status(self) -> Call:
        """Say that a vehicle is plugged in."""
        return "StatusNotification", {
            "timestamp": now(),
            "connectorStatus": "Occupied",
            "evseId": 1,
            "connectorId": 1,
        }

    def heartbeat(self) -> Call:
        """Say that one is there."""
        return "Heartbeat", {}

    def start(self) -> Call | None:
        """Begin a transaction, unless there is one."""
        if self._transaction is not None:
            return None
        self._transaction = f"T-{now()}"
        return "TransactionEvent", {
            **self._event("Started", "Authorized"),
            "evse": {"id": 1, "connectorId": 1},
            "idToken": {"idToken": "CROWD", "type": "ISO14443"},
        }

    def started(self, answer: Json) -> None:
        """Know the id already: the station gives it."""

    def report(self) -> tuple[Call, float]:
        """Return a transaction event with 12 samples, and the power in them."""
        power_w, samples = sampled(next(self._reports))
        return self._told(samples), power_w

    def drawing(self, current_a: float) -> Call:
        """Return a transaction event that says how much is drawn on each phase."""
        return self._told(drawn(current_a))

    def _told(self, samples: Samples) -> Call:
        event = self._event("Updated", "MeterValuePeriodic")
        event["meterValue"] = [
            {
                "timestamp": now(),
                "sampledValue": [
                    {
                        "value": value,
                        "context": "Sample.Periodic",
                        "measurand": measurand,
                        **({"phase": phase} if phase else {}),
                        **({"unitOfMeasure": {"unit": unit}} if unit else {}),
                    }
                    for measurand, phase, unit, value in samples
                    if measurand not in ONLY_16
                ],
            }
        ]
        return "TransactionEvent", event

    def answer(self, action: str, payload: Json) -> Json:
        """Do as one is told."""
        match action:
            case "GetVariables":
                asked = payload["getVariableData"]
                return {
                    "getVariableResult": [
                        {**_named(one), "attributeStatus": "UnknownVariable"}
                        for one in asked
                    ]
                }
            case "SetVariables":
                asked = payload["setVariableData"]
                return {
                    "setVariableResult": [
                        {**_named(one), "attributeStatus": "Accepted"} for one in asked
                    ]
                }
            case "GetBaseReport" | "GetReport":
                return {"status": "NotSupported"}
            case _:
                return {"status": "Accepted"}

    def _event(self, kind: str, trigger: str) -> Json:
        return {
            "eventType": kind,
            "timestamp": now(),
            "triggerReason": trigger,
            "seqNo": next(self._numbers),
            "transactionInfo": {
                "transactionId": self._transaction,
                "chargingState": "Charging",
            },
        }


def _named(one: Json) -> Json:
    return {key: one[key] for key in ("component", "variable")}


type Words = Words16 | Words2

VERSIONS: dict[str, Callable[[], Words]] = {
    "1.6": Words16,
    "2.0.1": lambda: Words2("ocpp2.0.1"),
    "2.1": lambda: Words2("ocpp2.1"),
}


def limit_a(payload: Json) -> float | None:
    """Return the limit that a charging profile gives an EVSE, in amperes; None where it is for the whole station."""
    if not payload.get("connectorId", payload.get("evseId")):
        return None
    profile = payload.get("csChargingProfiles") or payload["chargingProfile"]
    schedule = profile["chargingSchedule"]
    first = schedule[0] if isinstance(schedule, list) else schedule
    return float(first["chargingSchedulePeriod"][0]["limit"])


def drawn(current_a: float) -> Samples:
    """Return the samples of a vehicle that draws so much on each of three phases."""
    return [
        ("Power.Active.Import", None, "W", 3 * 230 * current_a),
        *(("Current.Import", phase, "A", current_a) for phase in ("L1", "L2", "L3")),
    ]


def sampled(number: int) -> tuple[float, Samples]:
    """Return the power and the samples of a report: what wavers in a car's own current wavers here, too."""
    power_w = float(FIRST_W + STEP_W * number)
    waver = number % 7 / 10
    return power_w, [
        ("Energy.Active.Import.Register", None, "Wh", 20.0 * number),
        ("Power.Active.Import", None, "W", power_w),
        ("Current.Offered", None, "A", 16.0),
        ("Power.Offered", None, "W", 11040.0),
        ("SoC", None, "Percent", float(20 + number // 30 % 80)),
        ("Temperature", None, "Celsius", float(30 + number // 12 % 5)),
        ("Frequency", None, None, 49.9 + waver / 10),
        *(
            ("Current.Import", phase, "A", round(7.2 + waver + index / 10, 1))
            for index, phase in enumerate(("L1", "L2", "L3"))
        ),
        *(
            ("Voltage", phase, "V", round(229.0 + waver + index, 1))
            for index, phase in enumerate(("L1-N", "L2-N", "L3-N"))
        ),
    ]
