"""What can be told about a check-in beyond fulfilled or not, for who wants to be asked."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Row, button, in_rows, keyboard
from bot.language import plain
from bot.texts import check_ins
from bot.texts import feelings as texts
from habits.check_ins import CheckIn
from habits.rules.feelings import Facet, Moment, Tension
from habits.rules.person import Person


def undo_button(check_in: CheckIn) -> InlineKeyboardButton:
    """Takes the check-in back."""
    return button(plain("Undo"), "undo_check_in", check_in.id)


def thanked(person: Person, check_in: CheckIn) -> tuple[str, InlineKeyboardMarkup | None]:
    """What is said once fulfilled or not is told, with whatever more they want to be asked."""
    asked, rows = _questions(person, check_in)
    return f"{check_ins.thanks(check_in)}\n{asked}".rstrip(), keyboard(
        *rows, [undo_button(check_in)]
    )


def _questions(person: Person, check_in: CheckIn) -> tuple[str, list[Row]]:
    """The questions and their buttons, what was told being ticked; nothing for who wants none."""
    asked = [
        *([texts.how_tense()] if person.asks_tension else []),
        *([texts.what_was_it()] if person.asks_facets else []),
    ]
    rows = [*_tension(check_in)] if person.asks_tension else []
    if person.asks_facets:
        rows += _facets(check_in)
    return " ".join(asked), rows


def _tension(check_in: CheckIn) -> list[Row]:
    told = {Moment.BEFORE: check_in.before, Moment.AFTER: check_in.after}
    return [
        [
            button(
                texts.face(moment, each, ticked=told[moment] is each),
                "tension",
                check_in.id,
                moment.value,
                each.value,
            )
            for each in Tension
        ]
        for moment in Moment
    ]


def _facets(check_in: CheckIn) -> list[Row]:
    buttons = []
    for each in Facet:
        fits = each in check_in.facets
        label = texts.facet(each, ticked=fits)
        buttons.append(button(label, "facet", check_in.id, each.value, "off" if fits else "on"))
    return list(in_rows(buttons, 2))
