"""What lies ahead, in words; and how weeks are called."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from bot.language import (
    Markup,
    date_words,
    day_name,
    isolated,
    locale,
    moment_words,
    plain,
    say,
)
from bot.texts.schedules import title_of
from habits.agenda import Agenda, Coming, Waits
from habits.rules.commitment import Commitment

MOST_LINES = 20


def day_words(day: date, today: date) -> str:
    """2 Nov, with the year where it is another one."""
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    words = str(format_skeleton(skeleton, day, locale=locale()))
    return words.replace("Sept", "Sep")  # as `date_words` says it


def nothing_yet() -> str:
    """Before the first commitment, where one is begun."""
    return say("Nothing is coming yet.")


def nothing_ahead() -> str:
    """Before the first commitment."""
    return say(
        "Nothing is coming yet. Say what you would like to do and when, for example "
        "<i>film every Saturday at 8pm</i>, or let me ask you: /new."
    )


def ahead(agenda: Agenda, zone: ZoneInfo, now: datetime) -> str:
    """What is coming, what is open, what rests, what fell silent."""
    today = now.astimezone(zone).date()
    parts = [
        _holiday(agenda),
        _coming(agenda, zone),
        _open([each for each in agenda.waiting if each.asked]),
        _kept(agenda.kept),
        _resting(agenda),
        *(_silent(each, today) for each in agenda.silent),
        _paused(agenda.paused),
        _what_to_tap(agenda),
    ]
    return "\n\n".join(part for part in parts if part)


def _what_to_tap(agenda: Agenda) -> str:
    if agenda.waiting and agenda.this_week:
        return say("Did it already? Tap it. Another day or way this week? Tap ✏️.")
    return say("Did it already? Tap it.") if agenda.waiting else ""


def _coming(agenda: Agenda, zone: ZoneInfo) -> str:
    coming = agenda.coming
    if not coming:
        return ""
    lines = [_line(each, zone) for each in coming[:MOST_LINES]]
    if len(coming) > MOST_LINES:
        lines.append(say("And more: /commitments."))
    head = say("Then:") if agenda.holiday else say("What is coming:")
    return "\n".join([head, *lines])


def _line(each: Coming, zone: ZoneInfo) -> str:
    when, title = moment_words(each.at, zone), _title(each)
    if each.reminds:
        return say("{when} – <b>{title}</b>", when=when, title=title)
    return say("{when} – <b>{title}</b>, without a reminder", when=when, title=title)


def _title(each: Coming | Waits) -> Markup:
    return Markup(say("{title}", title=title_of(each.commitment)))


def _open(waiting: Sequence[Waits]) -> str:
    if not waiting:
        return ""
    named = [
        say("{title} ({day})", title=_title(each), day=date_words(each.day)) for each in waiting
    ]
    return say("Still open: {what}.", what=Markup(", ".join(named)))


def titles_of(commitments: Sequence[Commitment]) -> Markup:
    """Film, Guitar."""
    return Markup(", ".join(say("{title}", title=title_of(each)) for each in commitments))


def _kept(kept: Sequence[Commitment]) -> str:
    return say("✅ Kept this week: {titles}.", titles=titles_of(kept)) if kept else ""


def _holiday(agenda: Agenda) -> str:
    if agenda.holiday is None:
        return ""
    return say("🌙 Everything rests until {day}.", day=date_words(agenda.holiday.until))


def _resting(agenda: Agenda) -> str:
    if agenda.holiday is not None or not agenda.resting:
        return ""
    return say("🌙 Resting this week: {titles}.", titles=titles_of(agenda.resting))


def _paused(paused: Sequence[Commitment]) -> str:
    if not paused:
        return ""
    return say("Paused: {titles}. /commitments wakes them.", titles=titles_of(paused))


def _silent(commitment: Commitment, today: date) -> str:
    since = commitment.silent_since
    return say(
        "<b>{title}</b> has been quiet since {day}. I keep still about it until you say so.",
        title=title_of(commitment),
        day=day_words(since.date() if since else today, today),
    )


def did_it(waits: Waits, week: date) -> str:
    """A button's label; with the day where it is of a week before."""
    title = isolated(waits.commitment.title)
    if waits.week == week:
        return plain("✅ {title}", title=title)
    return plain("✅ {title}, {day}", title=title, day=date_words(waits.day))


def plan_it(coming: Coming) -> str:
    """A button's label: plan this turn."""
    title, day = isolated(coming.commitment.title), day_name(coming.day.isoweekday(), "abbreviated")
    return plain("✏️ {title}, {day}", title=title, day=day)


def speak_again(commitment: Commitment) -> str:
    """A button's label: end the silence."""
    return plain("Remind me again: {title}", title=isolated(commitment.title))
