"""The monthly card: totals and bests, and never a number lower than one before."""

from babel.dates import get_month_names

from bot.language import Theirs, count, locale, plain, say
from bot.texts.schedules import title_of
from habits.cards import Card
from habits.rules.fulfilment import ENOUGH

MOST = 5
"""Lines of a kind."""


def card(card_: Card) -> str:
    """What the month brought."""
    month = get_month_names("wide", context="stand-alone", locale=locale())[card_.month.month]
    lines = [
        say("<b>{month}</b>, looked back on:", month=str(month)),
        *(
            count(
                "<b>{title}</b>: your longest run so far, {n} week.",
                "<b>{title}</b>: your longest run so far, {n} weeks.",
                best,
                title=title_of(commitment),
            )
            for commitment, best in card_.bests[:MOST]
        ),
        *(
            say("You came back to <b>{title}</b>.", title=title_of(commitment))
            for commitment in card_.back[:MOST]
        ),
        *(
            say(
                "<b>{way}</b> has {n} answers: there is something to see of it now.",
                way=Theirs(way.title),
                n=ENOUGH,
            )
            for way in card_.known[:MOST]
        ),
        count("In all you let loose {n} time.", "In all you let loose {n} times.", card_.total),
        say("/settings stops these cards."),
    ]
    return "\n".join(lines)


def label() -> str:
    """The label that leads to the page."""
    return plain("Monthly card")


def page(*, wanted: bool) -> str:
    """The page, and whether it is on."""
    what = say(
        "Once a month at most I tell you what was new in it: a longest run, a comeback, a way of "
        "which something can be said at last. A month without news has no card, nor has "
        "<i>Just fun</i>."
    )
    return f"{what} {say('It is on.') if wanted else say('It is off.')}"
