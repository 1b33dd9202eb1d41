"""What is said about resting: this week, or until a date."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.language import Markup, date_words, isolated, moment_words, plain, say
from bot.phrases import NotUnderstood, Reason
from bot.texts.schedules import title_of
from bot.texts.weeks import titles_of
from habits.agenda import Agenda, Coming
from habits.rules.commitment import Commitment

Next = tuple[Coming | None, ZoneInfo]
"""What comes next, and in which zone to tell it."""
NOTHING = Reason.NOTHING
ABOUT_DATES = (Reason.IN_THE_PAST, Reason.OUT_OF_RANGE, Reason.NO_SUCH_DATE)
"""Reasons that show that a date was meant."""


def nothing_to_rest() -> str:
    """Before the first commitment."""
    return say("There is nothing to rest from yet. /new begins something.")


def what_rests(agenda: Agenda) -> str:
    """The question of /rest, with what rests already."""
    lines = []
    if agenda.holiday is not None:
        lines.append(say("🌙 Everything rests until {day}.", day=date_words(agenda.holiday.until)))
    elif agenda.resting:
        lines.append(say("🌙 Resting this week: {titles}.", titles=titles_of(agenda.resting)))
    lines.append(say("What shall rest? Resting is part of it: nothing is lost."))
    lines.append(say("Or type a date: <i>rest until 5 January</i>."))
    return "\n".join(lines)


def this_week(commitment: Commitment) -> str:
    """A button's label."""
    return plain("🌙 {title}, this week", title=isolated(commitment.title))


def after_all(commitment: Commitment) -> str:
    """A button's label, for what rests."""
    return plain("{title} after all", title=isolated(commitment.title))


def rests(commitment: Commitment, next_one: Coming | None, zone: ZoneInfo) -> str:
    """After letting one week of one commitment rest."""
    return say(
        "Rest it is for <b>{title}</b> this week. {next}",
        title=title_of(commitment),
        next=_next(next_one, zone),
    ).rstrip()


def all_rest(next_one: Coming | None, zone: ZoneInfo) -> str:
    """After letting the whole week rest."""
    return say("Rest it is, for the whole week. {next}", next=_next(next_one, zone)).rstrip()


def all_open(next_one: Coming | None, zone: ZoneInfo) -> str:
    """After the undo of that."""
    return say("As it was before: this week is open. {next}", next=_next(next_one, zone)).rstrip()


def rests_until(until: date, next_one: Coming | None, zone: ZoneInfo) -> str:
    """After choosing a date."""
    return say(
        "Everything rests until <b>{day}</b>; then it goes on by itself. {next}",
        day=date_words(until),
        next=_next(next_one, zone),
    ).rstrip()


def rest_ended(next_one: Coming | None, zone: ZoneInfo) -> str:
    """After ending a rest early, or undoing it."""
    return say("The rest is over. {next}", next=_next(next_one, zone)).rstrip()


def no_rest_on() -> str:
    """For ending a rest that is over already."""
    return say("No rest is on; everything goes its way.")


def _next(coming: Coming | None, zone: ZoneInfo) -> Markup:
    if coming is None:
        return Markup("")
    return Markup(
        say(
            "Next: {title}, <b>{when}</b>.",
            when=moment_words(coming.at, zone),
            title=title_of(coming.commitment),
        )
    )


def until_when() -> str:
    """Asks for a date."""
    return say("Until when? Type a date: <i>5 January</i>, <i>24.12.</i>, <i>for ten days</i>.")


def which_date() -> str:
    """A date that can be read in two ways."""
    return say("Which of the two?")


def no_date(wrong: NotUnderstood) -> str:
    """For what cannot be read as a date to come."""
    match wrong.reason:
        case Reason.IN_THE_PAST:
            return say("That day is over. I need one to come: <i>until 5 January</i>.")
        case Reason.OUT_OF_RANGE:
            return say("That is too far ahead; ten years is the most.")
        case Reason.NO_SUCH_DATE:
            return say("There is no such day. For example: <i>until 5 January</i>.")
        case _:
            return say(
                "I read dates like <i>5 January</i>, <i>24.12.</i>, <i>for two weeks</i> "
                "or <i>next Friday</i>."
            )


def too_old() -> str:
    """For a button of another week; a toast."""
    return plain("That week is over. Here is the current one.")


def until_label(until: date) -> str:
    """A button's label."""
    return plain("Until {day}", day=date_words(until))
