"""What can go wrong with the machine, the database, the clock and Telegram, and who plays it.

The numbers are those of the list of faults that the promises were made against; 60 and 61 are
about groups, in which nobody is reminded. A row whose test is renamed or gone fails here, and so
does one that stands neither here nor in docs/operations.md.
"""

import pytest

from tests.named import names_in
from tests.process import ROOT

HEADING = "## Faults that no test plays"
KILLED = "faults/test_kills::test_a_kill_at_a_chosen_moment_loses_nothing"
KILLED_LAYING_OUT = "faults/test_kills::test_a_kill_around_laying_out_lays_each_turn_out_once"
KILLED_ANY_TIME = "faults/test_kills::test_kills_at_any_moment_lose_no_update_and_no_reminder"
EVERY_CALL = "faults/test_every_call::test_whichever_call_fails_nothing_owed_is_lost_or_doubled"
EVERY_CALL_THERE = (
    "faults/test_every_call::"
    "test_whichever_call_fails_on_postgresql_nothing_owed_is_lost_or_doubled"
)
RESTARTED = "faults/test_restarts::test_a_restart_after_every_so_many_steps_leaves_the_same_history"
CAMPAIGN = (
    "faults/campaign/test_campaign::test_whatever_strikes_everything_owed_arrives_in_its_window"
)
LAID_OUT_WHOLE = (
    "habits/test_laying_out::test_an_occasion_and_its_reminder_are_there_together_or_not_at_all"
)
CLOCK = "faults/test_faults_of_the_clock"
DISK = "faults/test_faults_of_the_disk"
SENDING = "faults/test_faults_of_sending"
PAUSES = "faults/test_pauses_asked_for"
RECEIVING = "faults/test_faults_of_receiving"
MACHINE = "faults/test_faults_of_the_machine"
WATCHDOG = "faults/test_watchdog"
OUTAGES = "habits/test_outages"
ZONE = "habits/test_zone"

PLAYED = {
    1: ("killed before laying out is committed", (KILLED_LAYING_OUT, EVERY_CALL, CAMPAIGN)),
    2: ("killed after laying out is committed", (KILLED_LAYING_OUT, RESTARTED, CAMPAIGN)),
    3: ("killed before a claim is committed", (KILLED, EVERY_CALL)),
    4: (
        "killed between claim and call",
        (
            KILLED,
            "habits/test_sending::test_what_nobody_settles_goes_out_again_when_its_lease_is_over",
        ),
    ),
    5: ("killed while a call is written", (KILLED_ANY_TIME, CAMPAIGN)),
    6: ("killed after Telegram took it, before we know", (KILLED, CAMPAIGN)),
    7: ("killed before it is settled", (KILLED, CAMPAIGN)),
    8: ("killed after it is settled", (KILLED, RESTARTED)),
    9: ("killed at any moment", (KILLED_ANY_TIME, CAMPAIGN)),
    10: (
        "told to stop while it sends",
        (
            "faults/test_faults_of_stopping::test_what_is_under_way_is_finished_and_settled_before_the_end",
        ),
    ),
    11: (
        "the time to stop is over",
        (
            "faults/test_faults_of_stopping::test_a_server_that_never_answers_does_not_delay_the_end",
            "scheduler/test_dispatch::test_a_call_that_takes_too_long_to_stop_for_is_cut_and_may_have_arrived",
        ),
    ),
    12: (
        "a message that cannot be written",
        (
            f"{SENDING}::test_a_message_that_cannot_be_written_is_set_aside_and_the_rest_go_out",
            "habits/test_settling::test_a_message_we_cannot_write_is_tried_three_times_and_set_aside",
        ),
    ),
    13: (
        "a message that ends the process",
        (
            "faults/test_kills::test_a_reminder_that_kills_is_set_aside_and_told_and_the_others_arrive",
            "habits/test_sending::test_a_message_that_ends_the_process_again_and_again_is_set_aside_and_told",
        ),
    ),
    14: (
        "rows that cannot be read",
        (
            "scheduler/test_timetable::test_rows_that_cannot_be_read_keep_nobody_elses_weeks_from_being_laid_out_and_settled",
            "scheduler/test_timetable::test_a_row_that_cannot_be_read_keeps_nobody_elses_month_from_being_looked_through",
            f"{SENDING}::test_a_row_that_cannot_be_read_stops_nobody_elses_reminder",
            f"{SENDING}::test_a_row_that_cannot_be_read_stops_nobodys_word_of_an_outage",
            f"{SENDING}::test_who_owns_a_row_that_cannot_be_read_is_told_of_it_once",
        ),
    ),
    15: ("laying out half done", (LAID_OUT_WHOLE, EVERY_CALL)),
    16: (
        "the SQLite file locked by another program",
        (f"{DISK}::test_a_database_locked_for_eight_seconds_delays_and_doubles_nothing",),
    ),
    17: (
        "a second process on one SQLite file",
        ("test_command_line::test_a_second_copy_in_the_same_directory_is_told_of_the_first",),
    ),
    18: (
        "a full disk",
        (
            f"{DISK}::test_while_the_disk_is_full_nothing_leaves_and_nothing_is_confirmed",
            "habits/test_database::test_on_a_full_disk_nothing_is_half_written_and_it_recovers",
            "faults/test_health_and_logs::test_red_while_the_disk_is_nearly_full",
        ),
    ),
    19: (
        "a disk that answers with errors, or turns read-only",
        (
            f"{DISK}::test_while_the_disk_answers_with_errors_nothing_leaves_and_nothing_is_confirmed",
            f"{DISK}::test_errors_of_the_disk_in_the_middle_of_a_burst_cost_no_more_than_is_in_doubt",
            f"{DISK}::test_a_disk_that_answers_with_errors_ends_the_process_and_nothing_is_lost",
            "habits/test_database::test_a_disk_that_is_read_only_is_told_until_it_takes_a_write_again",
            "habits/test_migrations::test_a_file_that_others_own_is_told",
        ),
    ),
    20: (
        "a damaged database",
        (
            "habits/test_migrations::test_after_an_unclean_stop_a_damaged_file_is_refused",
            "habits/test_migrations::test_a_file_of_garbage_behind_the_right_beginning_is_damaged",
        ),
    ),
    21: (
        "PostgreSQL away",
        (
            "faults/test_faults_of_postgres::test_a_database_that_is_away_for_five_seconds_loses_and_doubles_nothing",
            "faults/test_faults_of_postgres::test_a_database_that_goes_while_a_process_starts_is_laid_out_from_when_it_is_back",
            "scheduler/test_dispatch::test_a_database_that_stays_away_for_days_does_not_end_the_loop",
        ),
    ),
    22: (
        "the database goes after Telegram took it",
        (
            "scheduler/test_dispatch::test_what_was_sent_is_settled_once_the_database_is_back_and_not_sent_again",
            "scheduler/test_dispatch::test_what_another_process_left_behind_waits_while_that_one_may_still_settle_it",
        ),
    ),
    23: (
        "PostgreSQL fails over to a copy that lacks the last commits",
        (
            "faults/test_faults_of_postgres::test_a_copy_that_lacks_the_last_commits_sends_those_once_more_and_misses_nothing",
        ),
    ),
    24: (
        "serialization failures and deadlocks",
        (
            EVERY_CALL_THERE,
            "habits/test_database::test_a_serialization_failure_is_run_again",
            "habits/test_database::test_of_two_that_wait_for_each_other_both_are_done",
        ),
    ),
    25: (
        "no connection to PostgreSQL is free",
        (
            "faults/test_faults_of_postgres::test_where_few_connections_are_free_or_none_nothing_is_lost_or_doubled",
        ),
    ),
    26: (
        "a connection that dies in a transaction",
        (
            EVERY_CALL_THERE,
            "habits/test_database::test_a_connection_that_dies_in_a_transaction_has_its_work_done_once_by_another",
            "faults/test_faults_of_postgres::test_connections_that_die_again_and_again_lose_and_double_nothing",
        ),
    ),
    27: (
        "three that send at once",
        ("habits/test_sending::test_three_processes_at_once_claim_each_message_once", CAMPAIGN),
    ),
    28: (
        "two that poll",
        (
            f"{RECEIVING}::test_two_pollers_disturb_each_other_and_every_effect_is_there_once",
            "faults/test_several_processes::test_another_process_polls_when_the_one_that_did_falls_silent",
        ),
    ),
    29: (
        "a claim that lapses while its owner is slow",
        (
            "habits/test_settling::test_whoever_comes_late_to_settle_changes_nothing",
            "scheduler/test_dispatch::test_what_another_has_claimed_meanwhile_is_told_as_nobodys_end_here",
            "scheduler/test_dispatch::test_what_is_under_way_here_outlasts_its_lease_and_is_not_sent_again",
        ),
    ),
    30: (
        "standing still between claim and call",
        (
            f"{MACHINE}::test_a_process_that_stood_still_past_its_claims_doubles_only_what_was_under_way",
            "scheduler/test_dispatch::test_a_claim_that_has_grown_old_is_not_acted_upon",
        ),
    ),
    31: (
        "standing still in the middle of a call",
        (
            f"{MACHINE}::test_a_process_that_stood_still_past_its_claims_doubles_only_what_was_under_way",
            CAMPAIGN,
        ),
    ),
    32: (
        "a machine asleep",
        (f"{CLOCK}::test_a_jump_of_every_clock_at_once_is_as_a_long_sleep",),
    ),
    33: (
        "the clock put forward",
        (
            f"{CLOCK}::test_a_jump_that_telegram_contradicts_holds_everything_until_it_is_undone",
            f"{CLOCK}::test_a_jump_of_days_that_telegram_confirms_is_followed_within_five_seconds",
        ),
    ),
    34: (
        "the clock put back",
        (
            f"{CLOCK}::test_a_step_back_holds_as_well_and_nothing_is_sent_again",
            f"{CLOCK}::test_a_step_back_that_telegram_confirms_is_followed",
        ),
    ),
    35: (
        "a clock that is wrong at the start",
        (
            f"{CLOCK}::test_a_wrong_clock_at_the_start_sends_nothing_and_tells_nobody",
            "scheduler/test_guard::test_a_wrong_clock_at_the_start_holds_and_makes_no_mass_of_notes",
        ),
    ),
    36: (
        "the clock a week back",
        (
            f"{CLOCK}::test_a_step_back_holds_as_well_and_nothing_is_sent_again",
            "scheduler/test_timetable::test_a_step_back_of_the_wall_clock_stops_the_hours_only_until_it_is_followed",
        ),
    ),
    37: (
        "processes whose clocks disagree",
        (
            "faults/test_several_processes::test_processes_whose_clocks_disagree_send_each_message_once",
        ),
    ),
    38: (
        "an hour that is left out",
        (f"{ZONE}::test_a_gap_moves_forward_by_its_length_and_a_repeated_time_comes_once",),
    ),
    39: (
        "an hour that comes twice",
        (
            f"{ZONE}::test_a_gap_moves_forward_by_its_length_and_a_repeated_time_comes_once",
            f"{ZONE}::test_a_time_that_says_second_passing_still_gives_the_first",
        ),
    ),
    40: (
        "a midnight that is left out, half an hour",
        (
            f"{ZONE}::test_every_time_around_every_change_is_one_instant_on_the_right_date",
            "habits/test_laying_out::test_every_change_of_every_zones_clocks_until_2037_has_one_go_a_day_at_the_right_instant",
        ),
    ),
    41: (
        "a day that is left out",
        (
            f"{ZONE}::test_a_gap_moves_forward_by_its_length_and_a_repeated_time_comes_once",
            f"{ZONE}::test_a_week_later_is_later",
            "habits/test_laying_out::test_no_week_of_twelve_years_is_left_out_in_any_zone",
        ),
    ),
    42: (
        "a new zone after today's reminder",
        ("habits/test_people::test_no_journey_doubles_or_skips_a_turn",),
    ),
    43: (
        "a new zone where today's time is past",
        (
            "habits/test_people::test_a_go_that_a_new_zone_puts_into_the_past_leaves_at_once_and_only_once",
            "bot/test_zone_feature::test_whoever_moves_is_told_when_the_next_reminder_comes",
        ),
    ),
    44: (
        "a new tzdata moves a zone's clock",
        (
            "habits/test_new_zones::test_what_is_laid_out_by_older_rules_is_put_by_the_new_ones_once",
            "habits/test_new_zones::test_what_later_rules_have_put_is_left_alone",
        ),
    ),
    45: (
        "a zone that is renamed",
        (
            f"{ZONE}::test_a_zone_keeps_its_territory_under_its_old_name",
            f"{ZONE}::test_what_is_not_a_zone_is_none",
        ),
    ),
    46: (
        "changed or answered before its reminder leaves",
        (
            "habits/test_edits::test_a_new_day_of_this_week_takes_the_old_ones_place",
            "habits/test_edits::test_a_pause_rests_the_open_week_and_its_undo_takes_the_rest_back",
            "habits/test_sending::test_a_reminder_answered_while_it_was_being_tried_is_not_tried_again",
        ),
    ),
    47: (
        "changed while its reminder leaves",
        (
            "habits/test_edits::test_a_reminder_that_leaves_keeps_its_day_and_the_next_ones_are_new",
            "habits/test_edits::test_a_reminder_that_has_left_is_not_asked_again_for_its_day",
        ),
    ),
    48: (
        "a chat that must wait",
        (
            f"{SENDING}::test_a_chat_that_must_wait_holds_up_nobody_else",
            f"{PAUSES}::test_an_answer_told_to_wait_holds_the_reminders_of_its_chat_and_of_no_other",
            f"{PAUSES}::test_a_reminder_told_to_wait_holds_the_answers_of_its_chat",
            f"{PAUSES}::test_the_answer_to_a_press_that_is_told_to_wait_holds_its_chat_as_well",
            f"{PAUSES}::test_a_pause_that_another_process_was_asked_for_holds_answers",
        ),
    ),
    49: (
        "every call told to wait",
        (
            f"{SENDING}::test_two_chats_that_must_wait_mean_the_whole_bot_also_over_a_restart",
            f"{SENDING}::test_told_to_wait_again_and_again_it_waits_and_loses_nothing",
            f"{PAUSES}::test_two_answers_told_to_wait_in_two_chats_hold_the_whole_bot",
            f"{PAUSES}::test_however_often_an_answer_is_told_to_wait_it_is_given_in_the_end",
            "habits/test_outages::test_what_a_pause_outlasts_is_set_aside_and_told_at_its_end",
        ),
    ),
    50: (
        "Telegram answers 502",
        (f"{SENDING}::test_however_long_telegram_answers_502_nothing_is_lost",),
    ),
    51: (
        "no answer in time",
        (
            f"{SENDING}::test_no_answer_in_time_costs_one_copy_that_does_not_ring_again",
            "scheduler/test_dispatch::test_what_may_have_arrived_goes_out_again_only_after_a_good_probe",
        ),
    ),
    52: (
        "a connection that drops",
        (
            f"{SENDING}::test_connections_dropped_for_a_while_lose_nothing",
            f"{SENDING}::test_an_answer_lost_on_the_way_costs_one_copy_that_rings",
        ),
    ),
    53: (
        "Telegram out of reach",
        (f"{SENDING}::test_while_telegram_cannot_be_reached_nothing_is_in_doubt",),
    ),
    54: (
        "a client that is stuck",
        (
            "bot/test_transport_calls::test_a_stuck_pool_is_replaced_and_its_calls_may_still_finish",
            f"{WATCHDOG}::test_polls_without_an_answer_get_a_new_client_and_then_a_new_process",
            f"{WATCHDOG}::test_the_process_ends_with_a_sentence_and_the_next_one_hears_everything",
        ),
    ),
    55: ("half an answer", (f"{SENDING}::test_half_an_answer_costs_one_copy",)),
    56: (
        "refused in passing",
        (
            f"{SENDING}::test_a_token_refused_in_passing_costs_nothing",
            f"{RECEIVING}::test_polling_outlives_whatever_a_poll_is_answered",
        ),
    ),
    57: (
        "a revoked token",
        (
            "test_command_line::test_a_revoked_token_is_told",
            f"{SENDING}::test_while_the_token_is_revoked_health_is_red_and_nothing_is_lost",
            f"{WATCHDOG}::test_whatever_telegram_itself_says_no_restart_would_change_it",
        ),
    ),
    58: (
        "who blocks us",
        (
            f"{SENDING}::test_who_blocks_the_bot_hears_nothing_until_they_come_back",
            f"{SENDING}::test_a_block_heard_of_after_the_refusal_stays_a_block",
        ),
    ),
    59: (
        "a chat that is gone",
        (f"{SENDING}::test_a_chat_that_is_gone_is_left_alone",),
    ),
    62: (
        "markup that Telegram refuses",
        (f"{SENDING}::test_refused_markup_is_sent_again_without",),
    ),
    63: (
        "an update that comes again",
        (
            f"{RECEIVING}::test_the_same_update_five_times_has_one_effect",
            "faults/test_several_processes::test_receivers_of_a_webhook_handle_an_update_once_whoever_is_brought_it",
        ),
    ),
    64: (
        "an answer before we know that we asked",
        (
            "habits/test_settling::test_an_answer_that_was_faster_than_our_settling_is_not_asked_after",
            "habits/test_settling::test_later_that_was_faster_than_our_settling_takes_the_follow_up_away",
        ),
    ),
    65: (
        "an undo that overtakes what it undoes",
        (
            "faults/test_updates_by_webhook::test_an_undo_lasts_though_what_it_undid_is_brought_once_more",
            "faults/test_updates_by_webhook::test_an_undo_of_what_is_not_there_yet_changes_nothing_and_keeps_nothing_from_coming",
            "faults/test_updates_by_webhook::test_did_it_and_not_this_time_end_alike_in_whatever_order_they_come",
        ),
    ),
    66: (
        "an update that cannot be read",
        (
            f"{RECEIVING}::test_an_odd_update_harms_none_of_those_behind_it",
            f"{RECEIVING}::test_a_poisonous_update_is_logged_by_its_number_alone",
        ),
    ),
    67: (
        "an update that cannot be handled",
        (f"{RECEIVING}::test_what_cannot_be_handled_is_tried_again_and_then_said_once",),
    ),
    68: (
        "killed between effect and answer",
        (
            KILLED,
            "faults/test_kills::test_a_press_that_a_kill_left_without_an_answer_gets_it_when_pressed_again",
            "habits/test_inbox::test_an_effect_and_the_note_of_it_are_committed_together_or_neither",
        ),
    ),
    69: (
        "killed before an update is confirmed",
        (
            KILLED,
            "habits/test_inbox::test_an_update_that_comes_again_after_it_was_handled_stays_handled",
        ),
    ),
    70: (
        "a webhook without a database",
        (
            "faults/test_updates_by_webhook::test_while_the_database_takes_nothing_telegram_is_to_try_again",
        ),
    ),
    71: (
        "away for two minutes",
        (
            f"{RECEIVING}::test_refusals_that_harm_nothing_are_passed_over",
            f"{OUTAGES}::test_a_shorter_one_is_told_to_nobody",
        ),
    ),
    72: (
        "away for ten minutes",
        (
            "stories/test_an_outage::test_what_fell_into_an_outage_comes_late_and_what_was_open_is_offered_again",
            f"{OUTAGES}::test_who_had_an_open_question_hears_of_an_outage_longer_than_presses_live",
            f"{OUTAGES}::test_up_to_six_hours_late_a_reminder_is_still_sent",
        ),
    ),
    73: (
        "away for days",
        (
            f"{OUTAGES}::test_one_notice_a_person_and_outage_however_much_was_missed",
            f"{OUTAGES}::test_later_than_that_it_is_set_aside_excused_and_told",
        ),
    ),
    74: (
        "away for weeks",
        (
            f"{OUTAGES}::test_after_three_weeks_no_week_is_missed_nobody_falls_silent_and_all_goes_on",
            "stories/test_an_outage::test_after_weeks_one_short_note_names_nothing_and_asks_whether_to_go_on",
        ),
    ),
    75: (
        "a backup that is put back",
        (
            "test_restoring::test_whoever_asked_to_be_forgotten_since_the_backup_does_not_come_back",
            "bot/test_privacy::test_a_backup_that_is_put_back_does_not_bring_them_back",
            "stories/test_an_outage::test_after_a_backup_of_yesterday_only_what_is_hours_late_is_sent_again",
            f"{OUTAGES}::test_later_than_that_it_is_set_aside_excused_and_told",
        ),
    ),
    76: (
        "the event loop held up for 20 seconds",
        (
            f"{MACHINE}::test_an_event_loop_held_up_past_its_claims_loses_and_doubles_nothing",
            "faults/test_alarms::test_a_program_that_stood_still_is_told",
        ),
    ),
    77: (
        "thousands at the same minute",
        (
            "faults/test_floods::test_thousands_due_at_once_leave_in_their_order_and_presses_are_answered_between",
            "habits/test_budget::test_in_no_second_more_leave_than_the_rate_and_a_burst",
            "habits/test_budget::test_answers_leave_before_reminders_that_waited_longer",
            "habits/test_sending::test_the_longest_due_come_first_and_no_more_than_asked_for",
        ),
    ),
    79: ("lines that nobody takes", (f"{MACHINE}::test_lines_that_nobody_takes_stop_nothing",)),
    80: (
        "a migration that is interrupted",
        ("habits/test_migrations::test_killed_in_the_middle_it_begins_anew",),
    ),
    81: (
        "two versions side by side",
        (
            "faults/test_two_versions::test_an_old_version_goes_on_beside_the_new_one_until_it_is_replaced",
            "faults/test_two_versions::test_a_migration_that_an_old_process_is_in_the_way_of_begins_anew",
            "faults/test_several_processes::test_processes_replaced_one_after_another_lose_and_double_nothing",
            "habits/test_migrations::test_a_process_of_the_version_before_can_go_on_while_and_after_it_is_migrated",
        ),
    ),
    82: (
        "a message that its reader deleted",
        (f"{RECEIVING}::test_an_edit_that_comes_too_late_is_said_below",),
    ),
}
UNPLAYED = {
    78: "memory that grows until the process is ended",
}
"""Those that no test plays whole; each is the first cell of a row under `HEADING`."""


def told() -> dict[str, str]:
    """The faults that no test plays, and what the docs say of each."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return {first: rest[0] for first, *rest in rows[2:]}


def test_every_fault_is_played_or_told():
    assert sorted([*PLAYED, *UNPLAYED]) == [n for n in range(1, 83) if n not in (60, 61)]


@pytest.mark.parametrize("number", PLAYED)
def test_every_fault_that_is_played_has_its_test(number: int):
    _, tests = PLAYED[number]
    assert tests
    for each in tests:
        module, _, name = each.partition("::")
        assert name in names_in(module), each


def test_the_docs_tell_of_every_fault_that_is_not_played_and_of_no_other():
    assert set(told()) == set(UNPLAYED.values())
    assert all(len(why) > 40 for why in told().values())
