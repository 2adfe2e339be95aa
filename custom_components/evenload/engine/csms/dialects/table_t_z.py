"""Makes from T to Z, and what is met in many. Sources without a project are threads of lbbrhzn/ocpp."""

from .dialect import Dialect, Handling, Match
from .quirks import PhaseKey, Quirks

_VESTEL = "Vestel EVC04"
_WALLBOX = "Wallbox (Pulsar, Commander, Copper)"
_MANY = "Many makes"

_VESTEL_STATIONS = Match(vendor=("vestel*",))
_WALLBOX_STATIONS = Match(vendor=("wallbox*",))

DIALECTS = (
    Dialect(
        title="Teison",
        match=Match(vendor=("teison*",)),
        oddity="Does not dial again after the network was away.",
        remedy="No change of a setting breaks a connection. Its share stays reserved while it is away.",
        setting="Restart it over Bluetooth from its app. Its app asks for the address in parts: host, port, path.",
        source="documentation of lbbrhzn/ocpp",
        handling=Handling.NOT_POSSIBLE,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_changing_settings_breaks_no_connection",
            "tests/engine/control/test_enforcer.py::test_an_offline_member_keeps_its_room",
        ),
    ),
    Dialect(
        title=_VESTEL,
        match=_VESTEL_STATIONS,
        oddity="Its energy register starts at zero with every session.",
        remedy="The total goes on where it was.",
        source="#1771",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/sessions/test_registers.py::test_a_register_that_begins_anew_with_each_session_goes_on",
        ),
    ),
    Dialect(
        title=_VESTEL,
        match=_VESTEL_STATIONS,
        oddity="Begins and ends an empty session after the real one.",
        remedy="It is part of the same visit, with no energy.",
        source="#1771",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_an_empty_transaction_after_the_end",
        ),
    ),
    Dialect(
        title=_VESTEL,
        match=_VESTEL_STATIONS,
        oddity="Switches between one and three phases by a setting of its own (CurrentLimiterPhase).",
        remedy="It is left alone, unless you say in the station's form that it can switch. Nobody has told us yet"
        " whether that works.",
        source="evcc#15726",
        handling=Handling.DIALECT,
        # It is an installer's setting, and nobody has tried this: only an owner who says that it works is believed.
        quirks=Quirks(
            phase_key=PhaseKey("CurrentLimiterPhase", "onePhase", "threePhase"),
            phase_switching=False,
        ),
        tests=(
            "tests/engine/csms/dialects/test_phases.py::test_a_setting_of_the_makers_own_for_phases",
        ),
    ),
    Dialect(
        title=_WALLBOX,
        match=_WALLBOX_STATIONS,
        oddity="Does not answer before it has booted, and begins again when it is asked.",
        remedy="Nothing is asked before it has booted, or for ten seconds.",
        setting="Leave the password empty. Write a name for the station at the end of the address.",
        source="#1503, #1510",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_nothing_is_asked_before_it_has_booted",
        ),
    ),
    Dialect(
        title=_WALLBOX,
        match=_WALLBOX_STATIONS,
        oddity="Charges at its maximum for a moment when its limits are cleared.",
        remedy="A new limit replaces the old one. Nothing is cleared first.",
        source="PR #1718",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_nothing_is_cleared_before_a_limit_is_set",
        ),
    ),
    Dialect(
        title=_WALLBOX,
        match=_WALLBOX_STATIONS,
        oddity="Shows an energy of zero now and then.",
        remedy="A single zero is not believed.",
        source="#1756",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_a_register_that_reads_zero_now_and_then",
        ),
    ),
    Dialect(
        title=_WALLBOX,
        match=_WALLBOX_STATIONS,
        oddity="Models with one phase report the energy of L1 only, and spell their states in other ways.",
        remedy="The energy of the only phase is the energy. States are understood however they are spelled.",
        source="PR #1943, documentation of lbbrhzn/ocpp",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_energy_of_the_only_phase",
            "tests/engine/csms/dialects/test_wire.py::test_states_in_other_spellings",
        ),
    ),
    Dialect(
        title=_WALLBOX,
        match=_WALLBOX_STATIONS,
        oddity="Models with three phases report voltages and frequencies that are of no use.",
        remedy="Its currents and its power count.",
        source="documentation of lbbrhzn/ocpp",
        handling=Handling.EVERY_STATION,
        tests=("tests/engine/csms/dialects/test_sessions.py::test_voltages_of_no_use",),
    ),
    Dialect(
        title=_MANY,
        oddity="Values without a number, names of values that OCPP does not know, lists that are empty.",
        remedy="They are left out. The rest of the message counts.",
        source="lbbrhzn/ocpp",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_wire.py::test_one_bad_value_does_not_cost_the_others",
            "tests/engine/csms/dialects/test_setting_up.py::test_lists_as_they_come",
        ),
    ),
    Dialect(
        title=_MANY,
        oddity="A change of availability is put off until the session ends.",
        remedy="That is no error. The switch follows when it is done.",
        source="#1457",
        handling=Handling.EVERY_STATION,
        tests=("tests/engine/csms/dialects/test_commands.py::test_later_is_no_error",),
    ),
    Dialect(
        title=_MANY,
        oddity="Unlocking is answered with 'Accepted', which OCPP 1.6 does not know there.",
        remedy="It is a yes.",
        source="#1619",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_commands.py::test_unlocked_is_accepted",
        ),
    ),
    Dialect(
        title=_MANY,
        oddity="Voltages between phases, currents named by phase and neutral.",
        remedy="Both are understood.",
        source="lbbrhzn/ocpp",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/metering/test_metering.py::test_voltages",
            "tests/engine/metering/test_metering.py::test_currents",
        ),
    ),
)
