"""The messages that the bot sends unasked; they never name a number lower than one before."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.language import Markup, Theirs, count, date_words, moment_words, plain, say
from bot.texts.schedules import day_and_part, title_of, ways_of
from habits.rules.commitment import Commitment, Way
from habits.sending import Owed, Turn

WORTH_A_WORD = timedelta(minutes=10)


def go(owed: Owed, turn: Turn, zone: ZoneInfo, now: datetime) -> str:
    """The weekly reminder: it quotes the cue, or names a way or two."""
    when = day_and_part(turn.go_at, turn.commitment.schedule.at, zone)
    name = owed.person.name
    greeting = say("{when}, {name}.", when=when, name=Theirs(name)) if name else f"{when}."
    return f"{greeting} {_what(turn, zone)}{_late(owed, now)}"


def _what(turn: Turn, zone: ZoneInfo) -> str:
    commitment = turn.commitment
    title = title_of(commitment)
    if turn.is_planned:
        return _as_planned(turn, zone)
    if commitment.cue:
        return say("<b>{title}</b>: {cue}", title=title, cue=Theirs(commitment.cue))
    if _names_its_ways(commitment):
        return say("Time for <b>{title}</b>.", title=title)
    return say("Time for <b>{title}</b>: {ways}?", title=title, ways=ways_of(_two_ways(turn)))


def _as_planned(turn: Turn, zone: ZoneInfo) -> str:
    """The plan in the person's own words, and their cue."""
    title, plan = title_of(turn.commitment), Markup(", ".join(_plan(turn, zone)))
    said = say("<b>{title}</b>. You planned: {plan}.", title=title, plan=plan)
    cue = turn.commitment.cue
    return f"{said} {say('{cue}', cue=Theirs(cue))}" if cue else said


def _plan(turn: Turn, zone: ZoneInfo) -> Iterator[str]:
    if turn.moved:
        yield day_and_part(turn.go_at, turn.commitment.schedule.at, zone)
    for words in (turn.way and turn.way.title, turn.smaller):
        if words:
            yield say("{words}", words=Theirs(words))


def _names_its_ways(commitment: Commitment) -> bool:
    """Whether the title says it all, as that of a commitment with one way does."""
    title = commitment.title.casefold()
    return all(way.title.casefold() in title for way in commitment.open_ways)


def _two_ways(turn: Turn) -> tuple[Way, ...]:
    """Other ones each week, as chance has it; the same ones in each round."""
    ways = turn.commitment.open_ways
    return tuple(Random(turn.id).sample(ways, min(2, len(ways))))


def _late(owed: Owed, now: datetime) -> str:
    late = now - owed.due_at
    if late <= WORTH_A_WORD:
        return ""
    if not owed.person.shows_numbers:
        return "\n" + say("(This is late: my fault, not yours.)")
    minutes = int(late.total_seconds() // 60)
    return "\n" + count(
        "(This is {n} minute late: my fault, not yours.)",
        "(This is {n} minutes late: my fault, not yours.)",
        minutes,
    )


def plan(turn: Turn, zone: ZoneInfo) -> str:
    """The evening before the evening before: when and how will it be?"""
    return say(
        "This week's <b>{title}</b>: {when}. How will it be?",
        title=title_of(turn.commitment),
        when=day_and_part(turn.go_at, turn.commitment.schedule.at, zone),
    )


def follow_up(turns: Sequence[Turn], zone: ZoneInfo, now: datetime) -> str:
    """Asks once, about everything that is still open."""
    if len(turns) > 1:
        return say("A few are still open. Did any of them happen?")
    turn = turns[0]
    today = now.astimezone(zone).date()
    if turn.go_at.astimezone(zone).date() == today:
        return say("Today's {title}: did it happen?", title=title_of(turn.commitment))
    return say("Yesterday's {title}: did it happen?", title=title_of(turn.commitment))


Missed = Sequence[tuple[Commitment, int, date]]
MOST_LINES = 5


def outage(
    missed: Missed, began_at: datetime | None, ended_at: datetime | None, zone: ZoneInfo
) -> str:
    """What we did not say while we were away."""
    lines = [_away(began_at, ended_at, zone)]
    if missed:
        shown = [
            say("{title} ({day})", title=title_of(commitment), day=date_words(day))
            for commitment, _, day in missed[:MOST_LINES]
        ]
        lines.append(say("I did not remind you of: {what}.", what=Markup(", ".join(shown))))
        if len(missed) > MOST_LINES:
            lines.append(say("And more: /streaks."))
        lines.append(say("Did it happen?"))
    if began_at is not None:
        lines.append(say("If you pressed a button in that time, it did not reach me."))
    return " ".join(lines)


def _away(began_at: datetime | None, ended_at: datetime | None, zone: ZoneInfo) -> str:
    if began_at is None or ended_at is None:
        return say("I could not reach you in time, my fault, not yours.")
    return say(
        "I was offline from {began} to {ended}, my fault, not yours.",
        began=moment_words(began_at, zone),
        ended=moment_words(ended_at, zone),
    )


def away_for_long() -> str:
    """After more than two weeks: no list."""
    return say("I was away for a while, my fault. Your commitments are still here. Shall we go on?")


def stuck(title: str) -> str:
    """A commitment's row was damaged; only whoever runs the bot can mend it."""
    return say(
        "Something about {title} is damaged here, so I may not remind you of it. That is our "
        "fault and counts for nothing; whoever runs this bot can mend it.",
        title=Theirs(title),
    )


def lapse(commitment: Commitment, *, numbers: bool) -> str:
    """The one notice after two unanswered weeks."""
    if not numbers:
        return say(
            "{title} has been quiet for a while, which is fine. How shall we go on? "
            "Until you say so I keep still about it.",
            title=title_of(commitment),
        )
    return say(
        "{title} has been quiet for two weeks, which is fine. How shall we go on? "
        "Until you say so I keep still about it.",
        title=title_of(commitment),
    )


def did_it() -> str:
    """The label that stores a check-in."""
    return plain("✅ Did it")


def later() -> str:
    """The label that postpones."""
    return plain("🕒 Later")


def rest_this_week() -> str:
    """The label that lets the week rest."""
    return plain("🌙 Rest this week")


def pick() -> str:
    """The label that has one of the ways proposed."""
    return plain("Pick for me")


def another() -> str:
    """The label that has another way proposed."""
    return plain("Another one")


def not_this_time() -> str:
    """The label for no."""
    return plain("Not this time")
