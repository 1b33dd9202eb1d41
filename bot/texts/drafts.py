"""What is said while a commitment is being made."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.language import Markup, Theirs, day_name, join_words, moment_words, plain, say
from bot.texts.schedules import capitalised, part_name, schedule_words
from habits.rules.schedule import Part, Schedule


def short(schedule: Schedule) -> str:
    """Saturday afternoon."""
    name = day_name(schedule.days[0])
    if isinstance(schedule.at, Part):
        return plain("{day} {part}", day=name, part=part_name(schedule.at))
    return name


def confirm(
    title: str, ways: Sequence[str], schedule: Schedule, first: datetime, zone: ZoneInfo
) -> str:
    """What was understood, with the first reminder to the minute."""
    lines = [
        say(
            "<b>{title}</b>\n{when} ({zone} time)",
            title=Theirs(title),
            when=capitalised(schedule_words(schedule)),
            zone=city_of(zone),
        )
    ]
    if len(ways) > 1:
        lines.append(say("Any one of them counts: {ways}.", ways=_list(ways)))
    lines.append(say("First reminder: <b>{when}</b>.", when=moment_words(first, zone)))
    return "\n".join(lines)


def _list(ways: Sequence[str]) -> Markup:
    return Markup(join_words([say("{way}", way=Theirs(way)) for way in ways], plain("or")))


def city_of(zone: ZoneInfo) -> str:
    """Berlin, of Europe/Berlin."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def made(title: str, first: datetime | None, zone: ZoneInfo) -> str:
    """After the last tap."""
    if first is None:
        return say("<b>{title}</b> is yours.", title=Theirs(title))
    return say(
        "<b>{title}</b> is yours. First reminder: <b>{when}</b>.",
        title=Theirs(title),
        when=moment_words(first, zone),
    )


def another_draft() -> str:
    """For a press on an older question; a toast."""
    return plain("That one was replaced. Please use the newest message.")


def too_many(most: int) -> str:
    """For the fifty-first commitment."""
    return say(
        "You have {most} commitments, the most I can keep. Archive one first: /commitments.",
        most=most,
    )
