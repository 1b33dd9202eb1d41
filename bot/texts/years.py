"""The words in and under the picture of a year."""

from collections import Counter
from collections.abc import Sequence

from babel.dates import get_month_names

from bot.language import Markup, count, join_words, locale, plain, say
from bot.pictures.fonts import can_show
from bot.pictures.marks import Mark
from bot.texts.schedules import title_of
from habits.rules.commitment import Commitment


def month_name(month: int) -> str:
    """Nov; its number where our fonts have no letters for the language."""
    names = get_month_names("abbreviated", context="stand-alone", locale=locale())
    name = str(names[month]).replace("Sept", "Sep") if locale().language == "en" else names[month]
    return name if can_show(name) else str(month)


def legend() -> dict[Mark, str]:
    """What the marks mean, in the order in which they are explained."""
    return {
        Mark.KEPT: plain("kept"),
        Mark.FIRST: plain("first, or back again"),
        Mark.OPEN: plain("open"),
        Mark.REST: plain("rest"),
        Mark.COVERED: plain("covered or mended"),
        Mark.MENDABLE: plain("can still be mended"),
        Mark.MISSED: plain("not this time"),
        Mark.NEUTRAL: plain("does not count"),
    }


def mark_of(place: int, *, numbers: bool) -> str:
    """What stands in a picture for a title that it cannot show: a number, or else a letter."""
    return plain("({n})", n=place if numbers else chr(ord("A") + place - 1))


def mark_and(mark: str, line: str) -> str:
    """The same mark before the line that has the title."""
    return say("{mark} {line}", mark=mark, line=Markup(line))


def only_title(commitment: Commitment) -> str:
    """A commitment of which nothing may be counted."""
    return say("<b>{title}</b>", title=title_of(commitment))


def of_the_year(year: int, marks: Sequence[Mark]) -> str:
    """2026: 31 weeks kept and 2 at rest; nothing of what there was none."""
    seen = Counter(marks)
    kept = seen[Mark.KEPT] + seen[Mark.FIRST]
    rest, covered = seen[Mark.REST], seen[Mark.COVERED]
    to_mend, neutral = seen[Mark.MENDABLE], seen[Mark.NEUTRAL]
    parts = [
        kept and count("{n} week kept", "{n} weeks kept", kept),
        rest and count("{n} at rest", "{n} at rest", rest),
        covered and count("{n} covered or mended", "{n} covered or mended", covered),
        to_mend and count("{n} to be mended", "{n} to be mended", to_mend),
        neutral and count("{n} that does not count", "{n} that do not count", neutral),
    ]
    said = [part for part in parts if part]
    if not said:
        return ""
    return say("{year}: {parts}.", year=year, parts=Markup(join_words(said, plain("and"))))


def heading(year: int) -> str:
    """Where the picture shows it and there is none."""
    return say("<b>{year}</b>", year=year)
