"""What unwinds somebody, in words: no cause is claimed, and nothing from too few answers."""

from collections.abc import Sequence

from bot.language import Markup, Theirs, count, join_words, plain, say
from bot.pictures.fonts import can_show
from bot.texts import feelings
from bot.texts.schedules import title_of
from bot.texts.years import mark_and, mark_of
from habits.rules.fulfilment import ENOUGH, interval, share
from habits.unwinding import Answered

MOST_LINES = 20


def none_yet() -> str:
    """Before the first commitment."""
    return say(
        "There is nothing to look at yet. Say what you would like to do and when, for example "
        "<i>film every Saturday at 8pm</i>."
    )


def unwinds(found: Sequence[Answered], *, numbers: bool, drawn: int = 0) -> str:
    """How often each way left them fulfilled; without numbers, in that order.

    drawn: so many of them stand in a picture above, where a title that it cannot show is a number.
    """
    known = [each for each in found if share(each.answers) is not None][:MOST_LINES]
    rest = [each for each in found if share(each.answers) is None][:MOST_LINES]
    parts = [_known(known, numbers=numbers, drawn=drawn), _too_few(rest, numbers=numbers)]
    return "\n\n".join(part for part in parts if part)


def _known(known: Sequence[Answered], *, numbers: bool, drawn: int) -> str:
    if not known:
        return ""
    if not numbers:
        known = [
            each for each in known if 2 * each.answers.yes >= each.answers.yes + each.answers.no
        ]
        if not known:
            return say("Nothing stands out yet.")
        names = Markup(join_words([say("{way}", way=_way(each)) for each in known], plain("and")))
        return say("Most often you were fulfilled after: {ways}.", ways=names)
    lines = [
        "\n".join([_numbered(each, place, drawn), *_felt(each)])
        for place, each in enumerate(known, 1)
    ]
    range_ = say("The range is where the truth lies in nine cases of ten, from so few answers.")
    return "\n".join([say("How often you were fulfilled after it:"), *lines, range_])


def _felt(each: Answered) -> list[str]:
    """What more was told of a way, often enough."""
    calmer, told = each.calmer.yes, each.calmer.yes + each.calmer.no
    return [
        *([feelings.less_tense(calmer, told)] if calmer and told >= ENOUGH else []),
        *([feelings.was(each.facets, each.described)] if each.described >= ENOUGH else []),
    ]


def _numbered(each: Answered, place: int, drawn: int) -> str:
    if place > drawn or can_show(each.way.title):
        return _line(each)
    return mark_and(mark_of(place, numbers=True), _line(each))


def _line(each: Answered) -> str:
    bounds = interval(each.answers)
    assert bounds is not None
    if not each.answers.yes:
        return say(
            "<b>{way}</b>: {counted}, a share of up to {high} %.",
            way=_way(each),
            counted=counted(each),
            high=round(100 * bounds[1]),
        )
    return say(
        "<b>{way}</b>: {counted}, a share of {low} to {high} %.",
        way=_way(each),
        counted=counted(each),
        low=round(100 * bounds[0]),
        high=round(100 * bounds[1]),
    )


def counted(each: Answered) -> str:
    """7 of 9 times; never zero."""
    asked = each.answers.yes + each.answers.no
    if not each.answers.yes:
        return count("not yet, of {n} time", "not yet, of {n} times", asked)
    return count("{yes} of {n} time", "{yes} of {n} times", asked, yes=each.answers.yes)


def _too_few(rest: Sequence[Answered], *, numbers: bool) -> str:
    if not rest:
        return ""
    names = Markup(join_words([say("{way}", way=_way(each)) for each in rest], plain("and")))
    if not numbers:
        return say("Too early to say: {ways}.", ways=names)
    return say("Too early to say, before {n} answers: {ways}.", n=ENOUGH, ways=names)


def drawn_title(each: Answered, place: int) -> str:
    """What a way is called in the picture: its number, where our fonts cannot write it."""
    return each.way.title if can_show(each.way.title) else mark_of(place, numbers=True)


def heading() -> str:
    """Above the picture."""
    return plain("What unwinds you")


def foot() -> str:
    """Below the picture."""
    return plain("Fulfilled after it: never to always; the band is how far it may be off.")


def picked(each: Answered) -> str:
    """Pick for me."""
    if each.way.title == each.commitment.title:
        return say("How about: <b>{way}</b>?", way=_way(each))
    return say(
        "How about: <b>{way}</b>? It keeps {title}.",
        way=_way(each),
        title=title_of(each.commitment),
    )


def _way(each: Answered) -> Theirs:
    return Theirs(each.way.title)
