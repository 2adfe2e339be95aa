"""Makes from I to S. Sources without a project are threads of lbbrhzn/ocpp."""

from ...model.capabilities import PauseMethod
from ...model.notices import NoticeKind
from .dialect import Dialect, Handling, Match
from .quirks import Advice, Occasion, Quirks

_OCULAR = "Ocular LTE (BS-EV07, BS-EV22)"
_SCHNEIDER = "Schneider Electric EVlink and Charge"
_SIMPSON = "Simpson & Partners"
_STAR = "StarCharge and MG"

# The exact name that they send is not known.
_OCULAR_STATIONS = Match(vendor=("ocular*", "bsev*"), model=("*bsev*", "*lte*"))
_SCHNEIDER_STATIONS = Match(vendor=("schneider*",))
_SIMPSON_STATIONS = Match(vendor=("simpson*",))
_STAR_STATIONS = Match(vendor=("starcharge*", "mg", "mgmotor*", "wanbang*"))

DIALECTS = (
    Dialect(
        title="Injet Sonic",
        match=Match(vendor=("injet*",)),
        oddity="Reports its current on the neutral conductor only.",
        remedy="At a station with one phase it is the current of that phase. With three it says nothing, and the"
        " power is used.",
        source="#1311, PR #1917",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_current_on_the_neutral",
        ),
    ),
    Dialect(
        title="Legrand Green'Up",
        match=Match(vendor=("legrand*",)),
        oddity="Reports an error by the name 'Error', which OCPP does not know.",
        remedy="It is shown as an error of another kind.",
        source="#1248",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_wire.py::test_an_error_by_another_name",
        ),
    ),
    Dialect(
        title="Morek and Timxon",
        match=Match(vendor=("morek*", "timxon*")),
        oddity="Does not know limits for the whole station, nor limits for one session.",
        remedy="It gets limits for its connectors, and is not asked for the others again.",
        source="#2158",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_who_refuses_a_station_limit_gets_one_for_each_connector",
        ),
    ),
    Dialect(
        title=_OCULAR,
        match=_OCULAR_STATIONS,
        oddity="Adds two bytes of rubbish to the name of a card of 20 letters, so that a session cannot be stopped.",
        remedy="What it sends is accepted, and ends the session.",
        source="#2030, PR #2075",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_rubbish_after_a_card",
        ),
    ),
    Dialect(
        title=_OCULAR,
        match=_OCULAR_STATIONS,
        oddity="Sends meter values after a session's end.",
        remedy="They complete the session and do not begin another.",
        source="#2030",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_meter_values_after_the_end",
        ),
    ),
    Dialect(
        title=_OCULAR,
        match=_OCULAR_STATIONS,
        oddity="Closes the connection after 110 seconds of silence.",
        remedy="Every station is pinged each 20 seconds.",
        source="#2030",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_who_hangs_up_when_it_is_quiet_stays",
        ),
    ),
    Dialect(
        title=_OCULAR,
        match=_OCULAR_STATIONS,
        oddity="Stays in Finishing after a stop, and cuts off the list of its settings.",
        remedy="A session is paused, never stopped. Settings that are missing are left as they are.",
        source="#2030",
        handling=Handling.DIALECT,
        quirks=Quirks(pause=PauseMethod.ZERO_LIMIT),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_pause_does_not_end_the_session",
            "tests/engine/csms/dialects/test_setting_up.py::test_a_list_that_is_cut_off",
        ),
    ),
    Dialect(
        title=_SCHNEIDER,
        match=_SCHNEIDER_STATIONS,
        oddity="Has serial numbers that are longer than OCPP allows.",
        remedy="They are kept.",
        source="#213, #1155",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_a_long_serial_number",
        ),
    ),
    Dialect(
        title=_SCHNEIDER,
        match=_SCHNEIDER_STATIONS,
        oddity="Refuses limits until it is told that somebody else manages the energy.",
        remedy="When it refuses, you are told what to set.",
        setting="Turn on 'external energy management' (or 'load balancer') in eSetup.",
        source="#877, #918",
        handling=Handling.SETTING,
        quirks=Quirks(
            advice=(
                Advice(
                    NoticeKind.ADVICE_EXTERNAL_ENERGY_MANAGEMENT,
                    Occasion.LIMITS_REFUSED,
                ),
            )
        ),
        tests=(
            "tests/engine/csms/dialects/test_advice.py::test_advice_is_given_when_it_helps",
        ),
    ),
    Dialect(
        title=_SCHNEIDER,
        match=_SCHNEIDER_STATIONS,
        oddity="After a session was stopped it refuses to start another before the plug was pulled.",
        remedy="A session is paused, never stopped.",
        source="#918",
        handling=Handling.DIALECT,
        quirks=Quirks(pause=PauseMethod.ZERO_LIMIT),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_a_pause_does_not_end_the_session",
        ),
    ),
    Dialect(
        title=_SIMPSON,
        match=_SIMPSON_STATIONS,
        oddity="Refuses to be taken out of service as a whole, and sometimes for its connector, too.",
        remedy="It is asked connector by connector. When it refuses that as well, you are told.",
        source="#1160, #1787",
        handling=Handling.DIALECT,
        quirks=Quirks(availability_per_evse=True),
        tests=(
            "tests/engine/csms/dialects/test_commands.py::test_out_of_service_as_a_whole_or_by_connector",
        ),
    ),
    Dialect(
        title=_SIMPSON,
        match=_SIMPSON_STATIONS,
        oddity="Answers with an error that says nothing, and refuses the name of a card with 20 letters.",
        remedy="It is taken for a refusal.",
        setting="Write a name for the station at the end of the address: it does not add one.",
        source="#1911",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_commands.py::test_an_error_that_says_nothing",
        ),
    ),
    Dialect(
        title=_STAR,
        match=_STAR_STATIONS,
        oddity="Connects again and again when it is asked to say once more what it is.",
        remedy="It is not asked.",
        source="#1096",
        handling=Handling.DIALECT,
        quirks=Quirks(triggers_boot=False),
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_who_loops_when_asked_to_boot_is_not_asked_again",
        ),
    ),
    Dialect(
        title=_STAR,
        match=_STAR_STATIONS,
        oddity="Does not answer a limit for the whole station.",
        remedy="It gets limits for its connectors only.",
        source="#1096",
        handling=Handling.DIALECT,
        quirks=Quirks(station_limit=False),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_who_ignores_a_station_limit_is_given_none",
        ),
    ),
    Dialect(
        title=_STAR,
        match=_STAR_STATIONS,
        oddity="Cannot change how often it reports by the clock, and hangs up after an hour of silence.",
        remedy="That setting is left alone. Every station is pinged each 20 seconds.",
        source="#1679",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_the_clock_s_interval_is_left_alone",
            "tests/engine/csms/dialects/test_connection.py::test_who_hangs_up_when_it_is_quiet_stays",
        ),
    ),
    Dialect(
        title="SyncEV",
        match=Match(vendor=("syncev*", "syncenergy*", "luceco*")),
        oddity="Says only half of what it can do, and sends meter values only when it is asked.",
        remedy="What it can do is tried. It is asked for meter values every 30 seconds.",
        source="documentation of lbbrhzn/ocpp",
        handling=Handling.DIALECT,
        quirks=Quirks(poll_s=30.0),
        tests=(
            "tests/engine/csms/dialects/test_setting_up.py::test_who_must_be_asked_for_meter_values_is_asked",
            "tests/engine/csms/dialects/test_setting_up.py::test_lists_as_they_come",
        ),
    ),
)
