"""What is said after a check-in, and asked about it: which way, fulfilled or not, and more."""

from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.language import isolated, plain
from bot.texts import check_ins, diary
from bot.texts import feelings as texts
from habits.check_ins import CheckIn, Recorded
from habits.rules.commitment import Way
from habits.rules.feelings import Facet, Moment, Tension
from habits.rules.person import Person


def undo_button(check_in: CheckIn) -> Button:
    """Takes the check-in back."""
    return button(plain("Undo"), "undo_check_in", check_in.id)


def noted(recorded: Recorded, days_ago: int = 0) -> tuple[str, Keyboard | None]:
    """Noted, and the next optional question. days_ago: how long it is that it was done."""
    asked, rows = question(recorded.check_in)
    text = f"{check_ins.noted(recorded, days_ago)} {asked}"
    opens = [] if recorded.counts else [button(diary.label(), "diary")]
    return text.rstrip(), keyboard(*rows, [undo_button(recorded.check_in), *opens])


def question(check_in: CheckIn) -> tuple[str, list[Row]]:
    """The next question that has no answer yet, with its buttons."""
    ways = check_in.commitment.open_ways
    if len(ways) > 1 and check_in.way_id is None:
        return check_ins.which_way(), _ways(check_in, ways)
    if check_in.fulfilled is None:
        return check_ins.fulfilled(), [_fulfilled(check_in)]
    return "", []


def _ways(check_in: CheckIn, ways: tuple[Way, ...]) -> list[Row]:
    buttons = [button(isolated(way.title), "way", check_in.id, way.id) for way in ways]
    return [*in_rows(buttons, 2), [button(plain("Something else"), "other_way", check_in.id)]]


def _fulfilled(check_in: CheckIn) -> Row:
    return [
        button(check_ins.yes(), "fulfilled", check_in.id, "y"),
        button(check_ins.not_really(), "fulfilled", check_in.id, "n"),
    ]


def thanked(person: Person, check_in: CheckIn) -> tuple[str, Keyboard | None]:
    """What is said once fulfilled or not is told, with whatever more they want to be asked."""
    asked, rows = _more(person, check_in)
    return f"{check_ins.thanks(check_in)}\n{asked}".rstrip(), keyboard(
        *rows, [undo_button(check_in)]
    )


def _more(person: Person, check_in: CheckIn) -> tuple[str, list[Row]]:
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
