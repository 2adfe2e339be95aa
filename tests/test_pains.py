"""What owners of charging stations suffer elsewhere, and the tests that show that it cannot happen here."""

from dataclasses import dataclass

import pytest

from tests.named import missing

_CSMS = "tests/engine/csms/"
_DIALECTS = f"{_CSMS}dialects/"
_CONTROL = "tests/engine/control/"
_HOME = "tests/homeassistant/"
_END = "tests/end_to_end/"
_SESSIONS = "tests/engine/sessions/"
_METERING = "tests/engine/metering/"


@dataclass(frozen=True, slots=True)
class Pain:
    """One pain: in a few words, the tests against it, and what of it is still to come."""

    number: int
    words: str
    tests: tuple[str, ...]
    not_yet: str = ""


PAINS = (
    Pain(
        1,
        "a limit is refused, or sent with another meaning",
        (
            f"{_CSMS}test_limits_ladder.py::test_a_form_that_is_taken_is_found_and_kept",
            f"{_CSMS}test_limits_ladder.py::test_what_is_refused_is_never_sent_with_another_meaning",
            f"{_DIALECTS}test_limits.py::test_who_refuses_a_station_limit_gets_one_for_each_connector",
            f"{_DIALECTS}test_advice.py::test_advice_is_given_when_it_helps",
        ),
    ),
    Pain(
        2,
        "a station refuses limits that count from the start of a session",
        (
            f"{_DIALECTS}test_limits.py::test_a_station_limit_is_never_relative",
            f"{_CSMS}test_limits_ladder.py::test_a_form_that_is_taken_is_found_and_kept",
        ),
    ),
    Pain(
        3,
        "a station refuses the stack level that it advertises",
        (
            f"{_CSMS}test_limits_ladder.py::test_the_best_form_goes_first",
            f"{_DIALECTS}test_limits.py::test_a_stack_level_that_is_claimed_in_vain",
        ),
    ),
    Pain(
        4,
        "amperes and watts are confused",
        (
            f"{_CSMS}test_onboarding.py::test_limits_come_in_a_unit_that_the_station_takes",
            f"{_DIALECTS}test_limits.py::test_units_that_are_obeyed",
            f"{_CONTROL}test_enforcer.py::test_a_group_of_watts_is_shared_in_amperes_of_each_station",
            f"{_HOME}test_controls.py::test_a_group_s_limit_is_lowered_and_its_form_stays",
        ),
    ),
    Pain(
        5,
        "dead phases are counted, or the wrong ones",
        (
            f"{_DIALECTS}test_sessions.py::test_dead_phases",
            f"{_DIALECTS}test_sessions.py::test_current_on_the_neutral",
            f"{_METERING}test_figures.py::test_rotated_stations_add_up",
            f"{_METERING}test_metering.py::test_voltages",
        ),
    ),
    Pain(
        6,
        "a pause ends the session, or does not pause",
        (
            f"{_DIALECTS}test_limits.py::test_a_pause_does_not_end_the_session",
            f"{_DIALECTS}test_pauses.py::test_a_limit_after_a_pause_is_said_twice",
            f"{_CONTROL}test_enforcer.py::test_a_pause_is_a_lease_over_the_fallback",
        ),
    ),
    Pain(
        7,
        "a station is stuck in Finishing after a stop",
        (f"{_DIALECTS}test_limits.py::test_a_pause_does_not_end_the_session",),
    ),
    Pain(
        8,
        "one limit for all connectors",
        (
            f"{_CONTROL}test_enforcer.py::test_an_own_maximum_limits_only_its_own_evse",
            f"{_CONTROL}test_enforcer.py::test_two_evses_share_their_station",
        ),
    ),
    Pain(
        9,
        "several stations on one server, and which one was found",
        (
            f"{_CSMS}test_several.py::test_each_is_told_its_own_and_heard_as_itself",
            f"{_HOME}test_discovery.py::test_one_click_adopts_a_station",
            "tests/end_to_end/test_new_user.py::test_from_nothing_to_a_shared_fuse",
        ),
    ),
    Pain(
        10,
        "a command reaches the wrong station",
        (
            f"{_CSMS}test_several.py::test_each_is_told_its_own_and_heard_as_itself",
            f"{_HOME}test_controls.py::test_a_station_is_asked",
            f"{_HOME}test_call.py::test_only_a_station_can_be_called",
        ),
    ),
    Pain(
        11,
        "entities and stations are lost, doubled or unavailable after a restart or an update",
        (
            f"{_HOME}test_real_site.py::test_entities_wait_for_their_station_after_a_restart",
            f"{_HOME}test_init.py::test_a_second_connector_makes_children_and_keeps_every_name",
            "tests/engine/memory/test_memory.py::test_an_older_file_is_read",
            "tests/engine/memory/test_memory.py::test_whatever_the_files_hold_nothing_is_raised",
        ),
    ),
    Pain(
        12,
        "calls before the station has booted are lost, or drive it into a loop",
        (
            f"{_CSMS}test_onboarding.py::test_nothing_is_asked_before_the_station_has_booted",
            f"{_DIALECTS}test_connection.py::test_nothing_is_asked_before_it_has_booted",
        ),
    ),
    Pain(
        13,
        "reconnecting without end, and connections that are dead",
        (
            f"{_DIALECTS}test_connection.py::test_who_loops_when_asked_to_boot_is_not_asked_again",
            f"{_DIALECTS}test_connection.py::test_a_stranger_is_asked_to_boot_once",
            f"{_DIALECTS}test_connection.py::test_who_hangs_up_when_it_is_quiet_stays",
            f"{_DIALECTS}test_connection.py::test_changing_settings_breaks_no_connection",
            f"{_CSMS}test_supervision.py::test_a_dead_peer_is_dropped",
        ),
    ),
    Pain(
        14,
        "asking for measurands restarts stations, or overwrites the settings of others",
        (
            f"{_DIALECTS}test_setting_up.py::test_who_restarts_when_asked_for_its_measurands_is_told_them",
            f"{_CSMS}test_onboarding.py::test_only_differences_are_written",
            f"{_CSMS}test_onboarding.py::test_a_plain_reconnect_costs_nothing",
            f"{_CSMS}test_onboarding.py::test_measurands_are_never_made_fewer",
        ),
    ),
    Pain(
        15,
        "energy and time of a session are wrong",
        (
            f"{_CSMS}test_transactions.py::test_a_transaction_from_plug_to_plug",
            f"{_CSMS}test_transactions.py::test_ids_and_energy_survive_the_house",
            f"{_SESSIONS}test_ledger_properties.py::test_disturbances_change_nothing",
        ),
    ),
    Pain(
        16,
        "a blink of the register ruins the Energy dashboard",
        (
            f"{_DIALECTS}test_sessions.py::test_a_register_that_reads_zero_now_and_then",
            f"{_DIALECTS}test_sessions.py::test_the_energy_at_the_start_is_not_the_energy_now",
            f"{_SESSIONS}test_registers.py::test_it_never_falls_whatever_is_read",
        ),
    ),
    Pain(
        17,
        "numbers of transactions collide, are unknown or come twice",
        (
            f"{_SESSIONS}test_ledger_properties.py::test_ids_rise_and_are_never_used_again",
            f"{_CSMS}test_transactions.py::test_what_is_said_of_unknown_transactions_costs_nothing",
            f"{_CSMS}test_transactions.py::test_no_transaction_is_2_to_the_63_less_1",
            f"{_CSMS}test_v2_statuses.py::test_what_is_told_twice_or_out_of_order_changes_nothing",
        ),
    ),
    Pain(
        18,
        "cards and users",
        (
            f"{_CSMS}test_admission.py::test_a_pending_station_has_no_authority",
            f"{_HOME}test_activity.py::test_a_card_is_told_with_its_last_digits",
        ),
        not_yet="Every card is accepted at a station that was adopted; there are no users and no list of cards.",
    ),
    Pain(
        19,
        "secure connections fail without a word",
        (
            f"{_CSMS}test_security.py::test_profile_2_over_tls_serves_every_lesser_one",
            f"{_CSMS}test_security.py::test_profile_3_takes_the_stations_own_certificate",
            f"{_CSMS}test_security_tls.py::test_a_failure_is_explained",
            f"{_HOME}test_security_connection.py::test_what_is_wrong_has_a_sentence_and_can_be_put_right",
        ),
    ),
    Pain(
        20,
        "a fault or a change of availability makes entities unavailable",
        (
            f"{_DIALECTS}test_wire.py::test_a_fault_is_shown_and_what_flows_counts",
            f"{_DIALECTS}test_commands.py::test_later_is_no_error",
            f"{_DIALECTS}test_commands.py::test_out_of_service_as_a_whole_or_by_connector",
            f"{_HOME}test_entities.py::test_every_error_has_a_state",
        ),
    ),
    Pain(
        21,
        "a strict schema locks real stations out",
        (
            f"{_CSMS}test_tolerance.py::test_a_detail_does_not_cost_the_message",
            f"{_CSMS}test_tolerance.py::test_one_sample_does_not_cost_the_others",
            f"{_DIALECTS}test_wire.py::test_hertz",
            f"{_DIALECTS}test_connection.py::test_a_long_serial_number",
            f"{_DIALECTS}test_commands.py::test_an_error_that_says_nothing",
        ),
    ),
    Pain(
        22,
        "malformed lists of what a station can do",
        (
            f"{_DIALECTS}test_setting_up.py::test_lists_as_they_come",
            f"{_CSMS}test_onboarding.py::test_connectors_are_counted",
        ),
    ),
    Pain(
        23,
        "a second system wants the station, too",
        (
            f"{_CSMS}test_onboarding.py::test_what_cannot_or_need_not_be_written_is_not",
            f"{_DIALECTS}test_limits.py::test_nothing_is_cleared_before_a_limit_is_set",
        ),
        not_yet="A station cannot be shared. Its settings and the limits of others in it are left alone.",
    ),
    Pain(
        24,
        "OCPP 2.0.1 of stations is immature",
        (
            f"{_DIALECTS}test_ocpp2.py::test_an_inventory_without_evses",
            f"{_DIALECTS}test_ocpp2.py::test_an_inventory_of_nothing_at_all",
            f"{_DIALECTS}test_connection.py::test_a_version_that_is_not_mastered_is_not_chosen_again",
            f"{_CSMS}test_v2_statuses.py::test_a_status_of_the_station_as_a_whole",
        ),
    ),
    Pain(
        25,
        "sharing trips the fuse, or is slow where it must be fast",
        (
            f"{_CONTROL}test_promises.py::test_the_sum_never_exceeds_a_limit",
            f"{_CONTROL}test_enforcer.py::test_raising_waits_for_lowering",
            f"{_CONTROL}test_enforcer.py::test_a_station_that_disobeys_counts_at_what_it_draws",
            f"{_CONTROL}test_promises.py::test_the_sum_never_exceeds_a_limit_however_it_is_shared",
            f"{_CONTROL}test_promises.py::test_the_sum_never_exceeds_a_limit_in_any_circuit",
            f"{_CONTROL}test_promises.py::test_a_meter_is_followed",
            f"{_CONTROL}test_grid_operator.py::test_it_is_obeyed_in_time_and_is_the_reason",
            "tests/engine/scenarios/test_living.py::test_scenario",
            f"{_HOME}test_real_household.py::test_an_overload_leaves_in_the_turn_in_which_its_sensor_speaks",
            f"{_END}test_sharing.py::test_the_kettle_lowers_the_cars_in_the_next_sample",
            f"{_END}test_sharing.py::test_a_meter_without_its_plug_is_stale_then_lost",
            f"{_END}test_sharing.py::test_stations_fall_back_by_themselves_when_home_assistant_is_dead",
        ),
    ),
)


def test_there_are_twenty_five() -> None:
    assert [pain.number for pain in PAINS] == list(range(1, 26))


@pytest.mark.parametrize("pain", PAINS, ids=lambda pain: f"{pain.number}")
def test_each_has_tests_that_exist(pain: Pain) -> None:
    assert pain.tests
    assert missing(pain.tests) == []
