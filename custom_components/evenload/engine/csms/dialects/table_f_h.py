"""Makes from F to H. Sources without a project are threads of lbbrhzn/ocpp."""

from ...model.limits import RateUnit
from ...model.notices import NoticeKind
from ...model.stations import OcppVersion
from .dialect import Dialect, Handling, Match
from .quirks import Advice, Occasion, Quirks

_FOXESS = "FoxESS A series"
_GO_E = "go-e Charger and Fronius Wattpilot"
_GRIZZLE = "Grizzl-E"
_GROWATT = "Growatt THOR"
_HUAWEI = "Huawei FusionCharge"

_FOXESS_STATIONS = Match(vendor=("fox*",))
_GO_E_STATIONS = Match(vendor=("goe*", "fronius*"))
_GRIZZLE_STATIONS = Match(vendor=("unitedchargers*", "grizzl*", "*grizzle*"))
_GROWATT_STATIONS = Match(vendor=("growatt*",))
# Some firmware leaves the vendor empty.
_HUAWEI_STATIONS = Match(
    vendor=("huawei*", ""),
    model=("acchargepoint*", "fusioncharge*", "scharger*", "smartcharger*"),
)

DIALECTS = (
    Dialect(
        title=_FOXESS,
        match=_FOXESS_STATIONS,
        oddity="Offers OCPP 2.0.1 and then judges it by the rules of 1.6: every limit is refused.",
        remedy="From its second connection on it is spoken to in 1.6, and you are told.",
        setting="Choose OCPP 1.6 in its app (not 'auto').",
        source="#1858, #2050, PR #2073",
        handling=Handling.DIALECT,
        quirks=Quirks(
            avoids=(OcppVersion.V201, OcppVersion.V21),
            advice=(Advice(NoticeKind.ADVICE_USE_OCPP_16, Occasion.NEW_VERSION),),
        ),
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_a_version_that_is_not_mastered_is_not_chosen_again",
            "tests/engine/csms/dialects/test_advice.py::test_advice_is_given_when_it_helps",
        ),
    ),
    Dialect(
        title=_FOXESS,
        match=_FOXESS_STATIONS,
        oddity="In 2.0.1 its inventory names no connectors, its status comes for connector 0, and it says"
        " Available while a vehicle is plugged in.",
        remedy="What it speaks of is there. A session that goes on shows that a vehicle is plugged in.",
        source="#2008, #2035",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_ocpp2.py::test_an_inventory_without_evses",
        ),
    ),
    Dialect(
        title=_FOXESS,
        match=_FOXESS_STATIONS,
        oddity="Dials again only 6 to 19 minutes after a connection broke.",
        remedy="No change of a setting breaks a connection. Its share stays reserved while it is away.",
        setting="Save its OCPP settings once more in its app: it dials within two minutes.",
        source="PR #2073",
        handling=Handling.NOT_POSSIBLE,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_changing_settings_breaks_no_connection",
            "tests/engine/control/test_enforcer.py::test_an_offline_member_keeps_its_room",
        ),
    ),
    Dialect(
        title="Free2move eProWallbox",
        # Its vendor is a code of the factory (AB070).
        match=Match(model=("f2me*", "eprowallbox*")),
        oddity="Drops the connection when the start of a session is answered at once.",
        remedy="The answer waits for a second; nothing else does.",
        source="#2080",
        handling=Handling.DIALECT,
        quirks=Quirks(start_answer_delay_s=1.2),
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_the_answer_to_a_start_waits_and_nothing_else_does",
        ),
    ),
    Dialect(
        title=_GO_E,
        match=_GO_E_STATIONS,
        oddity="Ignores the first limit after a pause and charges at its own maximum.",
        remedy="The first limit after a pause is sent twice.",
        source="goecharger/go-eCharger-API-v2#155",
        handling=Handling.DIALECT,
        quirks=Quirks(repeats_after_pause=True),
        tests=(
            "tests/engine/csms/dialects/test_pauses.py::test_a_limit_after_a_pause_is_said_twice",
        ),
    ),
    Dialect(
        title=_GO_E,
        match=_GO_E_STATIONS,
        oddity="Understands amperes only.",
        remedy="It is given amperes.",
        source="goecharger/go-eCharger-API-v2#190",
        handling=Handling.DIALECT,
        quirks=Quirks(units=(RateUnit.AMPERES,)),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_units_that_are_obeyed",
        ),
    ),
    Dialect(
        title=_GO_E,
        match=Match(vendor=("goe*", "fronius*"), firmware_to=(55,)),
        oddity="Old firmware ignores the number of phases in a limit.",
        remedy="It is not asked to switch phases.",
        setting="Update its firmware if you want it to switch between one and three phases.",
        source="goecharger/go-eCharger-API-v2#154",
        handling=Handling.DIALECT,
        quirks=Quirks(phase_switching=False),
        tests=("tests/engine/csms/dialects/test_limits.py::test_who_ignores_phases",),
    ),
    Dialect(
        title=_GRIZZLE,
        match=_GRIZZLE_STATIONS,
        oddity="Firmware 5 does not say which version of OCPP it speaks, and answers with broken text when it is"
        " asked for a setting that it does not have.",
        remedy="Who names no version speaks 1.6. A station is asked for all its settings at once, never for one"
        " that it may not have.",
        setting="OCPP may have to be bought from the maker. Write a name for the station at the end of the"
        " address: it does not add one.",
        source="#442, #899",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_who_names_no_version_speaks_16",
            "tests/engine/csms/dialects/test_setting_up.py::test_broken_text_about_unknown_settings",
        ),
    ),
    Dialect(
        title=_GRIZZLE,
        match=_GRIZZLE_STATIONS,
        oddity="Can only be taken out of service as a whole.",
        remedy="A station with one connector that refuses for the connector is asked as a whole.",
        source="#1623",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_commands.py::test_out_of_service_as_a_whole_or_by_connector",
        ),
    ),
    Dialect(
        title=_GRIZZLE,
        match=Match(
            vendor=("unitedchargers*", "grizzl*", "*grizzle*"),
            firmware_from=(3,),
            firmware_to=(3, 10),
        ),
        oddity="Firmware 3.09 accepts a limit for the whole station and does not obey it.",
        remedy="It gets limits for its connector only.",
        setting="Update its firmware to 3.11 or newer.",
        source="#1623, PR #1586",
        handling=Handling.DIALECT,
        quirks=Quirks(
            station_limit=False,
            advice=(
                Advice(NoticeKind.ADVICE_UPDATE_FIRMWARE, Occasion.LIMITS_IGNORED),
            ),
        ),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_who_ignores_a_station_limit_is_given_none",
            "tests/engine/csms/dialects/test_advice.py::test_advice_is_given_when_it_helps",
        ),
    ),
    Dialect(
        title=_GROWATT,
        match=_GROWATT_STATIONS,
        oddity="Sends the energy at the session's start and the energy now in one message, with the same name.",
        remedy="Only the energy now counts.",
        source="#1709, #1838",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_sessions.py::test_the_energy_at_the_start_is_not_the_energy_now",
        ),
    ),
    Dialect(
        title=_GROWATT,
        match=_GROWATT_STATIONS,
        oddity="Reports phases that are not used with 0 V.",
        remedy="A dead phase is not counted.",
        source="#1709",
        handling=Handling.EVERY_STATION,
        tests=("tests/engine/csms/dialects/test_sessions.py::test_dead_phases",),
    ),
    Dialect(
        title=_HUAWEI,
        match=_HUAWEI_STATIONS,
        oddity="Does not say who made it, and writes the name of the unit that it takes (power) in small letters.",
        remedy="Both are understood.",
        source="#1635, evcc#32170",
        handling=Handling.EVERY_STATION,
        tests=(
            "tests/engine/csms/dialects/test_connection.py::test_a_station_without_a_maker",
            "tests/engine/csms/test_onboarding.py::test_limits_come_in_a_unit_that_the_station_takes",
        ),
    ),
    Dialect(
        title=_HUAWEI,
        match=_HUAWEI_STATIONS,
        oddity="Understands watts only, and charges on one phase below 4.1 kW.",
        remedy="It is given watts of the phases that are used. Below 4.1 kW all of its current is expected on one"
        " phase.",
        source="#1635, #2084",
        handling=Handling.DIALECT,
        quirks=Quirks(units=(RateUnit.WATTS,), three_phase_minimum_w=4140.0),
        tests=(
            "tests/engine/csms/dialects/test_limits.py::test_units_that_are_obeyed",
        ),
    ),
)
