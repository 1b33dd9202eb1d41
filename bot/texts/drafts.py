"""What is said while a commitment is being made."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.language import (
    Markup,
    Theirs,
    count,
    day_name,
    moment_words,
    plain,
    say,
    time_words,
)
from bot.texts.questions import apart
from bot.texts.schedules import capitalised, schedule_words
from habits.rules.schedule import Schedule


def confirm(
    name: str,
    ways: Sequence[str],
    schedule: Schedule,
    cue: str,
    first: datetime,
    zone: ZoneInfo,
    *,
    has_twin: bool,
) -> str:
    """What was understood, with the first reminder to the minute."""
    lines = [
        say(
            "<b>{title}</b>, {when} ({zone} time).",
            title=Theirs(name),
            when=schedule_words(schedule),
            zone=city_of(zone),
        )
    ]
    if len(ways) > 1 and not all(way.casefold() in name.casefold() for way in ways):
        lines.append(say("Any one of them counts: {ways}.", ways=apart(ways)))
    if cue:
        lines.append(say("“{cue}”", cue=Theirs(cue)))
    if has_twin:
        lines.append(say("You have one of that name already. A second is fine, too."))
    lines.append(say("First reminder: <b>{when}</b>.", when=moment_words(first, zone)))
    return "\n".join(lines)


def so_far(name: str, schedule: Schedule | None) -> str:
    """A half-done set-up in a few words."""
    if not name:
        assert schedule is not None
        return say("<b>{when}</b>", when=capitalised(schedule_words(schedule)))
    if schedule is None:
        return say("<b>{title}</b>", title=Theirs(name))
    return say("<b>{title}</b>, {when}", title=Theirs(name), when=schedule_words(schedule))


def half_done(what: str) -> str:
    """Offers to go on with it."""
    return say("Half done, and kept: {what}. Shall we go on with that?", what=Markup(what))


def city_of(zone: ZoneInfo) -> str:
    """Berlin, of Europe/Berlin."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def waits(name: str) -> str:
    """Above another one, where a draft is not done."""
    return say("(<b>{title}</b> waits until this one is done.)", title=Theirs(name))


def one_by_one(n: int) -> str:
    """Above the first of several that were said in one sentence."""
    return count("I read {n} in that.", "I read {n} in that; one after the other.", n)


def and_this_one() -> str:
    """Below what was just made, above what waited for it."""
    return say("And this one:")


def made(title: str, first: datetime | None, zone: ZoneInfo) -> str:
    """After the last tap."""
    if first is None:
        return say("<b>{title}</b> is yours.", title=Theirs(title))
    return say(
        "<b>{title}</b> is yours. First reminder: <b>{when}</b>.",
        title=Theirs(title),
        when=moment_words(first, zone),
    )


def ask_plan(plan_at: datetime, weeks: int, zone: ZoneInfo) -> str:
    """Offers to ask two days before what it will be."""
    day = day_name(plan_at.astimezone(zone).isoweekday())
    if weeks > 1:
        return say("Want me to ask on the {day} before what it will be?", day=day)
    return say("Want me to ask on {day}s what it will be?", day=day)


def plan_settled(plan_at: datetime, weeks: int, zone: ZoneInfo, *, asks: bool) -> str:
    """After the answer to that."""
    if not asks:
        return say("Then I do not ask beforehand.")
    local = plan_at.astimezone(zone)
    day, clock = day_name(local.isoweekday()), time_words(local.time())
    if weeks > 1:
        return say("I will ask on the {day} before, at {time}.", day=day, time=clock)
    return say("I will ask on {day}s at {time}.", day=day, time=clock)


def what_differently() -> str:
    """Below what is known, under Change."""
    return say("What shall be different? Tap it, or type it like <i>Sunday evening</i>.")


def tap_or_type() -> str:
    """What is possible where the draft waits for Yes."""
    return say(
        "Tap Yes, or type what should be different: <i>Sunday evening</i>, <i>19:30</i>, "
        "<i>every two weeks</i>."
    )


def not_caught(typed: str) -> str:
    """For words that fit no answer; the question follows."""
    return say("I did not get “{typed}”.", typed=Theirs(typed))


def one_at_least() -> str:
    """For Next before anything was ticked; a toast."""
    return plain("Tap at least one, or type your own.")


def one_day_at_least() -> str:
    """For Next before a day was ticked; a toast."""
    return plain("Tap at least one day.")


def replaced() -> str:
    """For a press on a draft that another took the place of; a toast."""
    return plain("That one was replaced. Here is the one we are at.")


def moved_on() -> str:
    """For a press on a question of the draft that is answered by now; a toast."""
    return plain("That is settled already. Here is how it stands.")


def yours_already() -> str:
    """For a second tap on Yes; a toast."""
    return plain("It is yours already.")


def over() -> str:
    """For a press on a draft that is no more; a toast."""
    return plain("That one is no longer open. /new begins another.")


def too_many(most: int) -> str:
    """For the fifty-first commitment."""
    return say("I can keep {most} commitments at most. Archive one first: /commitments.", most=most)
