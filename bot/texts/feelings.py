"""What is said about how a check-in felt."""

from collections.abc import Mapping

from bot.language import count, join_words, plain, say
from habits.rules.feelings import Facet, Moment, Tension

FACES = {Tension.CALM: "😌", Tension.BETWEEN: "😐", Tension.TENSE: "😣"}


def how_tense() -> str:
    """The question, above the faces."""
    return say("How tense were you before it, and after?")


def what_was_it() -> str:
    """The question, above what it may have been."""
    return say("What was it? Tap all that fit.")


def face(moment: Moment, tension: Tension, *, ticked: bool) -> str:
    """A button's label."""
    mark = "✓ " if ticked else ""
    words = plain("before") if moment is Moment.BEFORE else plain("after")
    return f"{mark}{words} {FACES[tension]}"


def facet(which: Facet, *, ticked: bool) -> str:
    """A button's label."""
    return f"{'✓ ' if ticked else ''}{_named(which)}"


def _named(which: Facet) -> str:
    return {
        Facet.SWITCHED_OFF: plain("switched off"),
        Facet.RELAXED: plain("relaxed"),
        Facet.LEARNED: plain("learned something"),
        Facet.OWN_CHOICE: plain("my own choice"),
        Facet.WITH_PEOPLE: plain("with people"),
    }[which]


def less_tense(times: int, told: int) -> str:
    """Of a way, where both were told often enough. No cause is claimed."""
    return count(
        "Less tense after it than before: {times} of {n} time.",
        "Less tense after it than before: {times} of {n} times.",
        told,
        times=times,
    )


def was(facets: Mapping[Facet, int], told: int) -> str:
    """Of a way, what it was how often."""
    named = join_words(
        [
            plain("{facet} {times}", facet=_named(each), times=facets[each])
            for each in sorted(facets, key=lambda each: (-facets[each], each))
        ],
        plain("and"),
    )
    return count(
        "Of {n} time it was: {facets}.", "Of {n} times it was: {facets}.", told, facets=named
    )


def label() -> str:
    """A button's label in /settings."""
    return plain("After a check-in")


def page() -> str:
    """The page in /settings."""
    return say(
        "After a check-in I ask whether it left you fulfilled. If you like, also how tense you "
        "were before and after, and what it was. None of it has to be answered; <i>What unwinds "
        "me</i> shows it, way by way."
    )


def tension_switch(*, on: bool) -> str:
    """A button's label."""
    return plain("Ask how tense") if on else plain("Do not ask how tense")


def facets_switch(*, on: bool) -> str:
    """A button's label."""
    return plain("Ask what it was") if on else plain("Do not ask what it was")
