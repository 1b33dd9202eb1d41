"""What people, their programs and other machines may do to us, and the test of each answer.

One row for each kind of abuse. A row whose test is renamed or gone fails here, and so does a
kind that nobody wrote a test for.
"""

import pytest

from tests.named import names_in

ROWS = {
    "a button with somebody else's id": (
        "bot/test_isolation::test_a_stranger_with_her_buttons_changes_and_sees_nothing",
        "bot/test_isolation::test_who_never_wrote_or_has_blocked_us_reaches_nothing",
        "faults/test_faults_of_receiving::test_garbage_on_a_button_changes_nothing_and_is_answered_alike",
        "bot/test_commitments::test_somebody_elses_buttons_do_nothing",
        "bot/test_streaks::test_somebody_else_cannot_look_or_change",
        "habits/test_edits::test_nobody_edits_what_is_not_theirs",
    ),
    "a button with an id that nobody has": (
        "faults/test_faults_of_receiving::test_garbage_on_a_button_changes_nothing_and_is_answered_alike",
    ),
    "garbage behind a button": (
        "faults/test_faults_of_receiving::test_garbage_on_a_button_changes_nothing_and_is_answered_alike",
        "bot/test_commitments::test_a_forged_schedule_is_none",
        "bot/test_commitments::test_forged_days_are_none",
        "bot/test_settings::test_a_forged_value_is_refused",
        "bot/test_zone_feature::test_a_forged_offset_is_refused",
        "bot/test_zone_feature::test_a_forged_zone_is_nobodys_button",
    ),
    "a button of an older version": (
        "faults/test_faults_of_receiving::test_a_button_of_an_older_version_says_so",
    ),
    "a button for what is gone or past": (
        "bot/test_hostile_messages::test_done_on_what_was_archived_says_that_it_counts",
        "bot/test_plan::test_a_press_after_the_reminder_has_left_moves_nothing",
        "bot/test_rest::test_a_button_of_a_past_week_offers_the_current_one",
        "bot/test_setup::test_a_replaced_draft_says_so_and_offers_the_current_one",
    ),
    "twenty taps on one button": (
        "bot/test_check_in::test_twenty_taps_make_one_check_in",
        "habits/test_check_ins::test_twenty_taps_at_once_make_one_check_in",
        "bot/test_setup::test_twenty_taps_on_yes_make_one_commitment",
        "faults/test_floods::test_twenty_quick_taps_on_one_button_are_no_flood_and_have_one_effect",
    ),
    "a check-in for the far past or the future": (
        "bot/test_streaks::test_weeks_go_as_far_back_as_one_likes",
        "bot/test_hostile_messages::test_a_week_to_come_cannot_be_filled_in",
    ),
    "bots and Telegram's own senders": (
        "bot/test_other_messages::test_telegrams_own_senders_are_ignored_in_private",
        "bot/test_other_messages::test_nobody_in_a_group_becomes_a_person",
    ),
    "a forwarded message with our buttons": (
        "bot/test_hostile_messages::test_a_reply_to_forged_buttons_is_no_note",
        "faults/test_faults_of_receiving::test_garbage_on_a_button_changes_nothing_and_is_answered_alike",
    ),
    "a link's payload, forged or hostile": (
        "bot/test_setup::test_a_half_done_set_up_goes_on_after_a_restart",
        "bot/test_setup::test_start_greets_whom_it_knows_and_wakes_what_fell_silent",
    ),
    "a title that shows nothing": (
        "bot/test_sentences::test_a_way_that_shows_nothing_is_refused",
        "bot/test_typed::test_nothing_to_be_seen_is_empty",
    ),
    "a title too long": (
        "bot/test_sentences::test_a_title_of_65_is_refused_with_its_length",
        "bot/test_sentences::test_a_sentence_with_a_long_title_keeps_its_schedule",
    ),
    "markup and links in a title": (
        "bot/test_sentences::test_hostile_titles_are_shown_as_typed",
        "bot/test_language::test_typed_markup_is_shown_as_typed",
    ),
    "line ends and tabs in a title": ("bot/test_typed::test_a_title_is_cleaned",),
    "NUL and control characters": (
        "bot/test_typed::test_a_title_is_cleaned",
        "habits/test_database::test_what_no_database_takes_is_stored_without_it",
    ),
    "half a surrogate pair": (
        "bot/test_typed::test_a_title_is_cleaned",
        "habits/test_database::test_what_no_database_takes_is_stored_without_it",
    ),
    "text direction turned around": (
        "bot/test_typed::test_text_direction_is_balanced",
        "bot/test_sentences::test_hostile_titles_are_shown_as_typed",
    ),
    "hundreds of marks on one letter": ("bot/test_typed::test_a_letter_keeps_three_marks",),
    "a note of thousands of emoji": (
        "bot/test_hostile_messages::test_a_note_too_long_is_told_the_limit_and_asked_again",
        "bot/test_typed::test_telegram_counts_utf_16_units",
    ),
    "the fifty-first commitment, the thirteenth way": (
        "bot/test_setup::test_the_fifty_first_commitment_is_refused",
        "bot/test_setup::test_a_thirteenth_way_does_not_fit",
        "habits/test_edits::test_an_archived_one_does_not_come_back_as_the_fifty_first",
    ),
    "the same title twice": (
        "bot/test_setup::test_a_second_of_the_same_name_is_allowed_with_a_hint",
    ),
    "times that are none, or two": (
        "bot/test_phrases_entries::test_a_clear_time_is_read",
        "bot/test_phrases_entries::test_what_is_no_time_is_refused",
        "bot/test_phrases_entries::test_an_hour_of_both_halves_of_the_day_is_asked_about",
    ),
    "days that are none": (
        "bot/test_phrases::test_what_cannot_be_read_is_refused_with_the_words_to_blame",
        "bot/test_phrases::test_what_is_not_days_alone_is_refused",
    ),
    "zones that are none": (
        "bot/test_places::test_nothing_hostile_is_a_place",
        "bot/test_zone_feature::test_no_place_is_answered_clearly",
        "bot/test_zone_feature::test_a_distance_from_greenwich_is_explained",
    ),
    "a location, which must not stay": (
        "bot/test_zone_feature::test_a_shared_place_leaves_its_zone_and_nothing_else",
        "bot/test_places::test_the_index_keeps_no_coordinates",
    ),
    "a location that cannot be": (
        "bot/test_places::test_at_sea_there_is_only_an_offset",
        "bot/test_places::test_off_the_globe_nothing_is_known",
        "bot/test_zone_feature::test_an_odd_place_is_asked_about",
    ),
    "numbers that are none": (
        "bot/test_phrases_entries::test_a_whole_number_is_read",
        "bot/test_phrases_entries::test_what_is_no_whole_number_within_the_bounds_is_refused",
        "bot/test_commitments::test_a_number_out_of_range_is_told_the_range",
    ),
    "a hundred messages in five seconds": (
        "faults/test_floods::test_who_floods_is_answered_less_and_nobody_else_waits",
        "faults/test_floods::test_what_a_flood_says_counts_although_it_is_not_answered",
        "faults/test_floods::test_who_presses_without_end_is_answered_less_and_every_press_counts",
    ),
    "a thousand new people in a minute": (
        "faults/test_floods::test_a_thousand_new_people_at_once_are_all_answered",
        "faults/test_newcomers::test_more_newcomers_than_may_come_in_are_told_and_come_in_later",
    ),
    "an old message edited": ("bot/test_other_messages::test_what_was_not_asked_for_is_ignored",),
    "a reply to others, a quote": (
        "bot/test_hostile_messages::test_of_a_reply_only_the_persons_own_words_count",
        "bot/test_hostile_messages::test_a_reply_to_forged_buttons_is_no_note",
    ),
    "pictures, voices, polls, whatever comes next": (
        "bot/test_other_messages::test_what_cannot_be_read_gets_one_answer",
        "bot/test_other_messages::test_an_album_gets_one_answer",
        "bot/test_other_messages::test_what_telegram_tells_us_is_not_answered",
    ),
    "somebody's contact": ("bot/test_other_messages::test_a_contact_is_never_stored",),
    "commands to others, oddly written ones": (
        "bot/test_other_messages::test_a_command_to_another_bot_is_not_ours",
        "bot/test_other_messages::test_a_command_is_read_whatever_its_case_and_whatever_cannot_be_seen",
        "bot/test_other_messages::test_a_command_is_its_first_word",
    ),
    "four thousand brackets": (
        "bot/test_phrases::test_the_cost_of_a_text_is_bounded",
        "bot/test_time_budgets::test_a_long_text_takes_no_more_than_its_share",
        "faults/test_faults_of_receiving::test_an_update_nested_hundreds_deep_harms_none_behind_it",
    ),
    "SQL anywhere": (
        "bot/test_sentences::test_a_hostile_title_is_stored_as_typed_but_harmless",
        "bot/test_places::test_nothing_hostile_is_a_place",
        "faults/test_faults_of_receiving::test_garbage_on_a_button_changes_nothing_and_is_answered_alike",
    ),
    "templates and format strings": (
        "bot/test_language::test_a_template_in_a_title_is_not_filled_in",
        "bot/test_sentences::test_hostile_titles_are_shown_as_typed",
    ),
    "formulas in an exported table": ("bot/test_files::test_no_cell_begins_a_formula",),
    "/delete_me by accident, twice, by somebody else": (
        "bot/test_privacy::test_keep_it_keeps_everything",
        "bot/test_privacy::test_twice_there_is_nothing_stored",
        "bot/test_privacy::test_the_button_is_good_for_ten_minutes",
        "bot/test_privacy::test_the_button_of_somebody_else_deletes_nobody",
        "bot/test_privacy::test_a_backup_that_is_put_back_does_not_bring_them_back",
    ),
    "a file's name made of a title": (
        "bot/test_export::test_everything_is_in_the_file",
        "bot/test_files::test_folders_are_named_as_loop_names_them",
    ),
    "files that are too large, bombs, too deep, of wrong types, with others' ids": (
        "bot/test_importing::test_a_large_file_is_not_even_fetched",
        "bot/test_importing::test_the_file_of_somebody_else_cannot_be_tapped_in",
        "bot/test_reading::test_a_bomb_is_not_unpacked",
        "bot/test_reading::test_a_bomb_that_lies_about_its_size_is_not_unpacked",
        "bot/test_reading::test_a_name_that_leads_out_is_refused",
        "bot/test_reading::test_databases_that_cannot_be_are_refused",
        "bot/test_reading::test_what_cannot_be_read_is_told_why",
        "bot/test_reading::test_what_nobody_could_have_typed_is_refused",
        "habits/test_taking_in::test_no_file_stops_the_laying_out",
        "habits/test_taking_in::test_nothing_is_half_taken_in",
    ),
    "a calendar address revoked, guessed, or of somebody deleted": (
        "bot/test_feed::test_unknown_revoked_replaced_and_deleted_are_told_alike",
    ),
    "/export every second": ("bot/test_export::test_there_is_one_an_hour",),
    "the webhook without its secret, with too much, the wrong or no end": (
        "faults/test_updates_by_webhook::test_without_the_secret_nothing_is_kept",
        "faults/test_updates_by_webhook::test_another_path_or_method_finds_nothing",
        "faults/test_updates_by_webhook::test_what_is_no_update_is_refused",
        "faults/test_updates_by_webhook::test_a_body_that_does_not_come_to_an_end_is_given_up",
    ),
    "an update brought again by something on the way": (
        "faults/test_updates_by_webhook::test_an_update_that_comes_again_has_one_effect",
    ),
    "an invitation that was followed already": (
        "faults/test_newcomers::test_a_link_lets_one_person_in_and_no_second",
        "habits/test_admissions::test_an_invitation_lets_one_person_in_once",
    ),
    "a message in the chat of somebody else": (
        "bot/test_hostile_messages::test_a_chat_of_somebody_elses_reaches_nobody",
    ),
    "an administrator's commands": (
        "bot/test_other_messages::test_a_command_that_is_not_ours_is_unknown",
    ),
    "ten groups at once": (
        "bot/test_other_messages::test_ten_groups_get_one_sentence_each_and_are_left",
    ),
    "a name that is markup, or somebody else's": (
        "bot/test_other_messages::test_a_name_is_no_markup_and_no_key",
    ),
    "inline queries": (
        "bot/test_hostile_messages::test_inline_queries_payments_and_the_like_are_nobodys",
    ),
    "payments": (
        "bot/test_hostile_messages::test_inline_queries_payments_and_the_like_are_nobodys",
        "bot/test_hostile_messages::test_a_payment_pays_for_nothing",
    ),
    "ids out of any range": (
        "faults/test_faults_of_receiving::test_an_odd_update_harms_none_of_those_behind_it",
    ),
    "a language that is none": (
        "bot/test_other_messages::test_an_odd_language_is_english",
        "bot/test_language::test_an_unknown_language_is_english",
    ),
    "two devices at once": (
        "bot/test_commitments::test_a_device_that_looked_earlier_is_shown_how_it_stands",
        "habits/test_edits::test_two_devices_do_not_overwrite_each_other",
    ),
    "a set-up left half done for weeks": (
        "bot/test_setup::test_a_half_done_set_up_goes_on_after_a_restart",
        "bot/test_setup::test_a_half_done_set_up_goes_on_weeks_after_they_blocked_us",
        "bot/test_commitments::test_what_is_typed_hours_later_changes_nothing",
    ),
    "a token pasted into the chat": (
        "faults/test_health_and_logs::test_at_debug_no_line_shows_the_token",
        "faults/test_health_and_logs::test_at_debug_neither_lines_nor_doors_show_a_secret_or_what_people_wrote",
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_every_kind_of_abuse_has_its_test(what: str):
    assert ROWS[what]
    for each in ROWS[what]:
        module, _, name = each.partition("::")
        assert name in names_in(module), each
