"""The buttons of what the bot sends unasked; the courier and the features show the same ones."""

from collections.abc import Sequence
from datetime import date

from bot.buttons import Keyboard, button, keyboard
from bot.language import date_words, isolated, plain
from bot.texts import fading, reminders
from habits.rules.commitment import Commitment
from habits.sending import Turn


def of_go(occasion_id: int, *, picks: bool = False) -> Keyboard | None:
    """Did it, Later, Rest this week. picks: one of several ways can be proposed."""
    return keyboard(
        [button(reminders.did_it(), "did", occasion_id)],
        [
            button(reminders.later(), "later", occasion_id),
            button(reminders.rest_this_week(), "rest", occasion_id),
        ],
        [button(reminders.pick(), "pick_now", occasion_id)] if picks else [],
    )


def of_picked(occasion_id: int) -> Keyboard | None:
    """The same under a way that was proposed, and another one."""
    return keyboard(
        [button(reminders.did_it(), "did", occasion_id)],
        [
            button(reminders.later(), "later", occasion_id),
            button(reminders.rest_this_week(), "rest", occasion_id),
        ],
        [button(reminders.another(), "pick_now", occasion_id)],
    )


def of_plan(occasion_id: int) -> Keyboard | None:
    """Same, another day, another way, smaller, rest."""
    return keyboard(
        [
            button(plain("As always"), "plan_same", occasion_id),
            button(plain("Another day"), "plan_day", occasion_id),
        ],
        [
            button(plain("Another way"), "plan_way", occasion_id),
            button(plain("Smaller"), "plan_smaller", occasion_id),
        ],
        [button(reminders.rest_this_week(), "rest", occasion_id)],
    )


def of_follow_up(turns: Sequence[Turn]) -> Keyboard | None:
    """Did it, Not this time, Rest this week; a row for each where several are open."""
    if len(turns) == 1:
        return keyboard(
            [button(reminders.did_it(), "did", turns[0].id)],
            [
                button(reminders.not_this_time(), "didnt", turns[0].id),
                button(reminders.rest_this_week(), "rest", turns[0].id),
            ],
        )
    rows = [
        [
            button(f"✅ {isolated(turn.commitment.title)}", "did", turn.id),
            button(reminders.not_this_time(), "didnt", turn.id),
            button(plain("🌙 Rest"), "rest", turn.id),
        ]
        for turn in turns[:20]
    ]
    return keyboard(*rows)


def of_missed(missed: Sequence[tuple[Commitment, int, date]]) -> Keyboard | None:
    """A check-in for each, and one button for none of them."""
    rows = [
        [button(f"✅ {isolated(commitment.title)}, {date_words(day)}", "did", occasion_id)]
        for commitment, occasion_id, day in missed[: reminders.MOST_LINES]
    ]
    return keyboard(*rows, [button(plain("No"), "close")])


def of_lapse(commitment: Commitment) -> Keyboard | None:
    """Same, smaller, another day, rest."""
    return keyboard(
        [
            button(plain("Same as before"), "speak", commitment.id),
            button(plain("Smaller"), "smaller", commitment.id),
        ],
        [
            button(plain("Another day"), "edit_days", commitment.id),
            button(plain("Let it rest"), "pause", commitment.id),
        ],
    )


def of_faded(commitment: Commitment) -> Keyboard | None:
    """Remind me again, or not."""
    return keyboard(
        [
            button(fading.remind_again(), "remind_again", commitment.id),
            button(plain("No need"), "fade", commitment.id),
        ]
    )


def of_card() -> Keyboard | None:
    """What the card speaks of."""
    return keyboard([button(plain("What unwinds me"), "unwinds")])


def of_away() -> Keyboard | None:
    """Go on, or pause everything."""
    return keyboard(
        [button(plain("Yes, go on"), "close"), button(plain("Pause everything"), "pause_all")]
    )
