"""What a draft asks, and the labels of its answers."""

from collections.abc import Sequence
from datetime import time

from bot.language import (
    Markup,
    Theirs,
    count,
    day_name,
    join_words,
    plain,
    say,
    time_words,
)
from bot.texts.schedules import capitalised, part_name, schedule_words
from bot.typed import visible_length
from habits.rules.commitment import LONGEST_CUE, LONGEST_TITLE
from habits.rules.schedule import Part, Schedule

ALL_DAYS = tuple(range(1, 8))


def offered_ways() -> tuple[tuple[str, str, str], ...]:
    """The ways offered to everybody: a picture and words for the button, and the way itself.

    The way is written as it stands within a sentence.
    """
    return (
        ("🎬", plain("A film"), plain("film")),
        ("📖", plain("A book with tea"), plain("book with tea")),
        ("🍲", plain("Dinner with friends"), plain("dinner with friends")),
        ("🎨", plain("My craft"), plain("my craft")),
        ("👥", plain("Seeing friends"), plain("seeing friends")),
    )


def named_after(ways: Sequence[str]) -> str:
    """Film or book with tea; the last ones become "something else" where there is no room."""
    if not ways:
        return ""
    some = ([*ways[:most], plain("something else")] for most in range(len(ways) - 1, 0, -1))
    names = (join_words(named, plain("or")) for named in (list(ways), *some))
    fitting = (name for name in names if visible_length(name) <= LONGEST_TITLE)
    return capitalised(next(fitting, plain("letting loose")))


def apart(ways: Sequence[str]) -> Markup:
    """Film · Book with tea."""
    return Markup(" · ".join(say("{way}", way=Theirs(capitalised(way))) for way in ways))


def welcome(name: str) -> str:
    """The first message of all."""
    return say(
        "Hi {name}. Once a week, you let loose: a film, a book with tea, dinner with friends. "
        "I keep the time for it.",
        name=Theirs(name),
    )


def which_ways(ways: Sequence[str]) -> str:
    """Asks for the ways."""
    if not ways:
        return say("What does it for you? Tap all that fit, or type your own.")
    if len(ways) == 1:
        return say("{ways}. Anything else? Tap or type it; Next when done.", ways=apart(ways))
    return say(
        "{ways}. Any one of them counts. Anything else? Tap or type it; Next when done.",
        ways=apart(ways),
    )


def what_then(schedule: Schedule) -> str:
    """Asks for the ways where the time is known."""
    return say(
        "{when}: what will it be? Tap all that fit, or type it.",
        when=capitalised(schedule_words(schedule)),
    )


def which_time_suits(ways: Sequence[str]) -> str:
    """Asks for the schedule."""
    question = say("When suits you? Tap, or type it like <i>Friday 19:30</i>.")
    if len(ways) == 1:
        return say("{ways}.", ways=apart(ways)) + "\n" + question
    return say("{ways}. Any one of them counts.", ways=apart(ways)) + "\n" + question


def which_days(target: int | None) -> str:
    """Asks for the days."""
    hint = say("Tap all that fit, or type them: <i>Mon and Thu</i>.")
    if not target:
        return say("Which days?") + " " + hint
    return count("Once a week: on which day?", "{n} times a week: on which days?", target) + (
        " " + hint
    )


def which_time(schedule: Schedule) -> str:
    """Asks for the part of the day, or the time."""
    return say(
        "{days}: at what time? Tap a part of the day, or type a time like <i>19:30</i>.",
        days=capitalised(days_words(schedule.days, once=schedule.once)),
    )


def how_often() -> str:
    """Asks for every how many weeks."""
    return say("How often?")


def every(weeks: int) -> str:
    """The label of every so many weeks."""
    return {
        1: plain("Every week"),
        2: plain("Every second week"),
        3: plain("Every third week"),
        4: plain("Every fourth week"),
    }[weeks]


def which_title() -> str:
    """Asks for a title."""
    return say("What shall it be called? Type it, at most {most} characters.", most=LONGEST_TITLE)


def which_cue() -> str:
    """Asks for a cue."""
    return say(
        "What comes just before it? Type it as one sentence of your own, and I say it to you: "
        "<i>When the dishes are done, I make tea and open the book.</i>"
    )


def a_cue(length: int | None) -> str:
    """For a cue that is too long, or shows nothing."""
    if length is None:
        return say("I see nothing in that.")
    return say(
        "A cue has at most {most} characters; this one has {length}.",
        most=LONGEST_CUE,
        length=length,
    )


def days_words(days: Sequence[int], *, once: bool = False) -> str:
    """Mondays and Thursdays; every day."""
    if tuple(days) == ALL_DAYS and not once:
        return plain("every day")
    names = [plain("{day}s", day=day_name(day)) for day in days]
    return join_words(names, plain("or") if once else plain("and"))


def day_label(day: int) -> str:
    """Mon, on its button."""
    return day_name(day, "abbreviated")


def ticked(label: str) -> str:
    """The label of something chosen."""
    return plain("✓ {label}", label=label)


def part_label(part: Part) -> str:
    """Morning, on its button."""
    return capitalised(part_name(part))


def day_and_part_label(day: int, part: Part) -> str:
    """Saturday afternoon, on its button."""
    return plain("{day} {part}", day=day_name(day), part=part_name(part))


def which_half(days: Sequence[int], hour: int, minute: int, *, about: bool) -> str:
    """Asks for the half of the day of a lone hour."""
    clock = f"{hour}:{minute:02}" if minute else str(hour)
    when = plain("around {clock}", clock=clock) if about else plain("at {clock}", clock=clock)
    if days:
        when = plain("{days} {when}", days=capitalised(days_words(days)), when=when)
    return say("{when}: in the morning or in the evening?", when=capitalised(when))


def half_label(at: time | Part, days: Sequence[int]) -> str:
    """Morning, 06:00; or Saturday evening, no exact time."""
    if isinstance(at, Part):
        part = part_label(at) if len(days) != 1 else day_and_part_label(days[0], at)
        return plain("{part}, no exact time", part=part)
    clock = time_words(at)
    if at.hour == 0:
        return plain("Midnight, {time}", time=clock)
    if at.hour == 12:
        return plain("Noon, {time}", time=clock)
    part = Part.MORNING if at.hour < 12 else Part.AFTERNOON if at.hour < 17 else Part.EVENING
    return plain("{part}, {time}", part=part_label(part), time=clock)


def is_that_the_time(title: str, at: time) -> str:
    """Asks whether a word of the title is the time."""
    return say(
        "<b>{title}</b>: is {time} the time, or is that part of the name?",
        title=Theirs(title),
        time=time_words(at),
    )


def time_label(at: time | Part, days: Sequence[int]) -> str:
    """At 00:00; or part of the name."""
    if isinstance(at, Part):
        part = part_name(at) if len(days) != 1 else day_and_part_label(days[0], at)
        return plain("Part of the name; {part}", part=part)
    return plain("At {time}", time=time_words(at))


def which_of_these_days(title: str) -> str:
    """Asks which of the days in two places are meant."""
    return say("<b>{title}</b>: which days do you mean?", title=Theirs(title))


def each_or_any(days: Sequence[int]) -> str:
    """Asks how days are joined."""
    return say(
        "{days}: on each of them, or on any one of them?", days=capitalised(days_words(days))
    )


def each() -> str:
    """The label of each."""
    return plain("Each of them")


def any_one() -> str:
    """The label of any."""
    return plain("Any one of them")


def more_than_days(target: int, days: Sequence[int]) -> str:
    """Asks about a target above the number of days."""
    return say(
        "You said {target} times a week and named {days}. How shall it be?",
        target=target,
        days=days_words(days),
    )


def just_these(days: Sequence[int]) -> str:
    """The label of as many times as there are days."""
    return capitalised(days_words(days))
