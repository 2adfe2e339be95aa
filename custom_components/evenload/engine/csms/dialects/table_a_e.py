"""Makes from A to E. Sources without a project are threads of lbbrhzn/ocpp."""

from ...model.capabilities import PauseMethod, ProfileKind
from .dialect import Dialect, Handling, Match
from .quirks import Quirks

_ABB = "ABB Terra AC"
_ALFEN = "Alfen Eve"
_AUTEL = "Autel MaxiCharger"
_EN_PLUS = "EN+ (also EV Switch, Linchr, cord)"
_EVBOX = "EVBox Elvi"

_ABB_STATIONS = Match(vendor=("abb*",), model=("*tac*", "*terra*"))
_ALFEN_STATIONS = Match(vendor=("alfen*",))
_AUTEL_STATIONS = Match(vendor=("autel*",))
_EN_PLUS_STATIONS = Match(
    vendor=("en", "enplus*", "evswitch*", "linchr*", "cord", "cordev*")
)
_EVBOX_STATIONS = Match(vendor=("evbox*",), model=("*elvi*", "e*"))

DIALECTS = (
    Dialect(
        title=_ABB,
        match=Match(
            vendor=("abb*",), model=("*tac*", "*terra*"), firmware_to=(1, 8, 21)
        ),
        oddity="Restarts when it is asked which values it samples, again and again.",
        remedy="It is never asked. It is told the five values that are needed, once.",
        source="#1275",
        handling=Handling.DIALECT,
        quirks=Quirks(lists_measurands=False),
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_who_restarts_when_asked_for_its_measurands_is_told_them",
        ),
    ),
    Dialect(
        title=_ABB,
        match=_ABB_STATIONS,
        oddity="Shows the energy of the session where the energy of its lifetime belongs.",
        remedy="Both are recognised. The total neither jumps nor starts again.",
        source="PR #919",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/sessions/test_registers.py::test_a_session_in_the_lifetime_register_neither_leaps_nor_falls",
        ),
    ),
    Dialect(
        title=_ABB,
        match=_ABB_STATIONS,
        oddity="Refuses limits at the priority (stack level) 3 that it claims to take.",
        remedy="Evenload uses the lowest priorities only, and what a station refuses it does not ask again.",
        setting="If it stays at 6 A after another system controlled it, restore its factory settings once: a limit"
        " of that system is left in it.",
        source="#1735, #1737",
        handling=Handling.DIALECT,
        quirks=Quirks(highest_stack_level=2),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_stack_level_that_is_claimed_in_vain",
        ),
    ),
    Dialect(
        title=_ALFEN,
        match=_ALFEN_STATIONS,
        oddity="Gives a transaction the number 2^63-1 when there is none, and tells old meter values again when it"
        " connects.",
        remedy="No session is made of that number, and old values never replace newer ones.",
        source="#45, #361",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/test_transactions.py::test_no_transaction_is_2_to_the_63_less_1",
            "tests/engine/metering/test_metering.py::test_late_samples",
        ),
    ),
    Dialect(
        title=_ALFEN,
        match=_ALFEN_STATIONS,
        oddity="Writes the phase into the name of a value (Voltage.L1), and contexts that OCPP does not know.",
        remedy="Both are understood.",
        source="#19",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_wire.py::test_phases_in_names",
            "tests/engine/csms/dialects/test_setting_up.py::test_measurands_by_phase_are_kept",
        ),
    ),
    Dialect(
        title=_ALFEN,
        match=_ALFEN_STATIONS,
        oddity="Reports a fault ('Modbus lost, safe mode 14 A') and goes on charging.",
        remedy="The fault and its text are shown; what the station draws still counts.",
        source="#337",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_wire.py::test_a_fault_is_shown_and_what_flows_counts",
        ),
    ),
    Dialect(
        title=_AUTEL,
        match=_AUTEL_STATIONS,
        oddity="Refuses a limit for the whole station that counts from the start of a session.",
        remedy="Its limits have a time of their own.",
        source="#677, #1565, #1694, PR #2154",
        handling=Handling.DIALECT,
        quirks=Quirks(kinds=(ProfileKind.ABSOLUTE, ProfileKind.RELATIVE)),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_station_limit_is_never_relative",
        ),
    ),
    Dialect(
        title=_AUTEL,
        match=_AUTEL_STATIONS,
        oddity="After a session was stopped it stays in Finishing and needs a restart or a new plug.",
        remedy="A session is paused, never stopped.",
        setting="With encryption (wss), upload the certificate of your authority in its app first: it says nothing"
        " and stays away otherwise.",
        source="PR #2072",
        handling=Handling.DIALECT,
        quirks=Quirks(pause=PauseMethod.ZERO_LIMIT),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_pause_does_not_end_the_session",
        ),
    ),
    Dialect(
        title="Blink HQ 200",
        match=Match(vendor=("blink*",)),
        oddity="Makes a call of its own, TransactionStarted.",
        remedy="It is told that nobody knows this call, and the connection stays.",
        source="#786",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_wire.py::test_a_call_of_the_makers_own",
        ),
    ),
    Dialect(
        title="Charge Amps Halo",
        match=Match(vendor=("chargeamps*",)),
        oddity="Gives frequencies the unit Hz, which OCPP 1.6 does not know.",
        remedy="It is understood.",
        source="#1576",
        handling=Handling.EVERY_STATION,
        tests=("tests/engine/csms/dialects/test_wire.py::test_hertz",),
    ),
    Dialect(
        title="CTEK Chargestorm",
        match=Match(vendor=("ctek*",)),
        oddity="Lists what it can do with spaces in between, and reports a fault (NoPPDetected) while nothing is"
        " plugged in.",
        remedy="The list is understood. The fault is shown, and every control stays usable.",
        source="#500, #1987",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_lists_as_they_come",
            "tests/engine/csms/dialects/test_wire.py::test_a_fault_is_shown_and_what_flows_counts",
        ),
    ),
    Dialect(
        title="Daze Dazebox",
        match=Match(vendor=("daze*",)),
        oddity="Lists what it can do in brackets.",
        remedy="The list is understood, after every restart.",
        source="#2089",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_lists_as_they_come",
        ),
    ),
    Dialect(
        title=_EN_PLUS,
        match=_EN_PLUS_STATIONS,
        oddity="Older firmware does not answer the pings that show whether a connection lives.",
        remedy="A station that never answered one is judged by its heartbeat.",
        source="#211",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_who_never_answers_pings_stays",
        ),
    ),
    Dialect(
        title=_EN_PLUS,
        match=_EN_PLUS_STATIONS,
        oddity="Adds its serial number to the address, forgets its settings when it restarts, and samples only a"
        " few values.",
        remedy="The serial number becomes its identity. It is set up anew after every restart, with the values"
        " that it takes.",
        source="#211, #1755, evcc#30113",
        handling=Handling.DIALECT,
        quirks=Quirks(set_up_every_boot=True),
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_who_forgets_its_settings_is_set_up_again",
            "tests/engine/csms/test_onboarding.py::test_measurands_that_are_refused",
        ),
    ),
    Dialect(
        title="Etrel Inch Pro",
        match=Match(vendor=("etrel*",)),
        oddity="Numbers its sessions itself, unless the authorisation is left to the central system.",
        remedy="Sessions are recorded by the connector that they run on.",
        setting="Set the authorisation to 'Central system only', so that a session can be ended from here.",
        source="#1000",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_who_numbers_its_sessions_itself",
        ),
    ),
    Dialect(
        title="EVEC VEC",
        match=Match(vendor=("evec*",)),
        oddity="Does not say how many connectors it has.",
        remedy="It has one until it speaks of another.",
        source="#1117",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/test_onboarding.py::test_connectors_are_counted",
            "tests/engine/csms/test_onboarding.py::test_a_connector_beyond_what_is_advertised_shows_itself",
        ),
    ),
    Dialect(
        title=_EVBOX,
        match=_EVBOX_STATIONS,
        oddity="Some firmware refuses a limit for the whole station.",
        remedy="It gets one for each connector.",
        setting="Update its firmware: older ones stay at 6 A whatever they are told.",
        source="#221, #1703",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_who_refuses_a_station_limit_gets_one_for_each_connector",
        ),
    ),
    Dialect(
        title=_EVBOX,
        match=_EVBOX_STATIONS,
        oddity="With 'autostart' it refuses to end a session.",
        remedy="A session is paused, never stopped.",
        source="#870, evcc#9681",
        handling=Handling.DIALECT,
        quirks=Quirks(pause=PauseMethod.ZERO_LIMIT),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_pause_does_not_end_the_session",
        ),
    ),
    Dialect(
        title="EVBox Livo",
        match=Match(vendor=("evbox*",), model=("*livo*",)),
        oddity="Does not answer before it has booted, and begins again when it is asked.",
        remedy="Nothing is asked before it has booted, or for ten seconds.",
        source="#1432",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_nothing_is_asked_before_it_has_booted",
        ),
    ),
)
