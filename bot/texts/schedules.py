"""Commitments and their times in words."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.language import (
    Markup,
    Theirs,
    day_name,
    join_words,
    moment_words,
    plain,
    say,
    time_words,
)
from habits.rules.commitment import Commitment, Way
from habits.rules.schedule import SATURDAY, SUNDAY, Part, Schedule

WEEKEND = (SATURDAY, SUNDAY)
EVERY_DAY = tuple(range(1, 8))


def part_name(part: Part) -> str:
    """Morning, afternoon, evening."""
    return {
        Part.MORNING: plain("morning"),
        Part.AFTERNOON: plain("afternoon"),
        Part.EVENING: plain("evening"),
    }[part]


def schedule_words(schedule: Schedule) -> str:
    """Every Saturday afternoon; Fridays and Saturdays at 19:30; every second Friday at 19:30."""
    if schedule.days == EVERY_DAY and schedule.every == 1 and not schedule.once:
        often = _daily(schedule.at)
    else:
        often = _weekly(schedule)
    if schedule.once or schedule.target == len(schedule.days):
        return often
    if schedule.target == 1:
        return plain("{often}, once is enough", often=often)
    return plain("{often}, {target} times are enough", often=often, target=schedule.target)


def _daily(at: Part | time) -> str:
    if isinstance(at, Part):
        return plain("every day in the {part}", part=part_name(at))
    return plain("every day at {time}", time=time_words(at))


def _weekly(schedule: Schedule) -> str:
    if schedule.once and schedule.days == WEEKEND:
        days = plain("weekend")
    else:
        names = [day_name(day) for day in schedule.days]
        days = join_words(names, plain("or") if schedule.once else plain("and"))
    when = (
        plain("{days} {part}", days=days, part=part_name(schedule.at))
        if isinstance(schedule.at, Part)
        else plain("{days} at {time}", days=days, time=time_words(schedule.at))
    )
    return {
        1: plain("every {when}", when=when),
        2: plain("every second {when}", when=when),
        3: plain("every third {when}", when=when),
        4: plain("every fourth {when}", when=when),
    }[schedule.every]


def capitalised(words: str) -> str:
    """With a capital first letter."""
    return words[:1].upper() + words[1:]


def day_and_part(moment: datetime, at: Part | time, zone: ZoneInfo) -> str:
    """Saturday afternoon, or Saturday, 18:15."""
    local = moment.astimezone(zone)
    name = day_name(local.isoweekday())
    if isinstance(at, Part):
        return plain("{day} {part}", day=name, part=part_name(at))
    return plain("{day}, {time}", day=name, time=time_words(local.time()))


def title_of(commitment: Commitment) -> Theirs:
    """The title as the person wrote it."""
    return Theirs(commitment.title)


def ways_of(ways: tuple[Way, ...], most: int = 2) -> Markup:
    """Two of the ways: a film or a book with tea."""
    names = [say("{way}", way=Theirs(way.title)) for way in ways[:most]]
    return Markup(join_words(names, plain("or")))


def next_words(moment: datetime | None, zone: ZoneInfo) -> Markup:
    """Next: Sat 5 Dec, 14:00. Nothing where nothing is coming."""
    if moment is None:
        return Markup("")
    return Markup(say("Next: <b>{when}</b>.", when=moment_words(moment, zone)))
