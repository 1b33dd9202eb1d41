"""What /start says to somebody who has been here before."""

from bot.language import Theirs, moment_words, say
from bot.texts.schedules import title_of
from habits.overviews import Listed
from habits.rules.person import Person


def home(person: Person, first: Listed | None, *, woken: bool) -> str:
    """The next reminder, and what can be done."""
    greeting = (
        say(
            "There you are, {name}. I kept still for a while; now I speak again.",
            name=_name(person),
        )
        if woken
        else again(person)
    )
    what = say("/week shows what is coming, /done notes that you did it, /new adds another.")
    return "\n".join([f"{greeting} {_next(person, first)}".rstrip(), what])


def again(person: Person) -> str:
    """To somebody we know."""
    return say("Good to see you, {name}.", name=_name(person))


def _name(person: Person) -> Theirs:
    return Theirs(person.name)


def _next(person: Person, first: Listed | None) -> str:
    if first is None or first.next_go is None or person.zone is None:
        return ""
    return say(
        "Next: <b>{title}</b>, <b>{when}</b>.",
        title=title_of(first.commitment),
        when=moment_words(first.next_go, person.zone),
    )
