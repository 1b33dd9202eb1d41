"""What is said around a check-in. Warm, short, and never a zero."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.language import Theirs, day_name, moment_words, plain, say
from bot.texts.schedules import next_words, title_of
from habits.answers import Noted
from habits.check_ins import CheckIn, Recorded
from habits.rounds import Postponed


def noted(recorded: Recorded, days_ago: int) -> str:
    """After Did it, which may be told of a day of the week before."""
    title = title_of(recorded.check_in.commitment)
    if recorded.again:
        return say("✅ <b>{title}</b> is noted already.", title=title)
    if recorded.back and not recorded.counts:
        return say(
            "There you are. Welcome back to <b>{title}</b>; it is in the diary, "
            "this week was off anyway.",
            title=title,
        )
    if recorded.back:
        return say("There you are, and it counts. Welcome back to <b>{title}</b>.", title=title)
    if not recorded.counts:
        return say("✅ <b>{title}</b> is in the diary; this week was off anyway.", title=title)
    if days_ago == 0:
        return say("✅ Noted: <b>{title}</b>.", title=title)
    if days_ago == 1:
        return say("✅ Noted for yesterday: <b>{title}</b>.", title=title)
    day = day_name(recorded.check_in.day.isoweekday())
    return say("✅ Noted for {day}: <b>{title}</b>.", day=day, title=title)


def which_way() -> str:
    """Where a commitment has several ways."""
    return say("Which one was it?")


def fulfilled() -> str:
    """The one question that matters."""
    return say("Did it leave you fulfilled?")


def yes() -> str:
    """It did."""
    return plain("Yes")


def not_really() -> str:
    """It did not."""
    return plain("Not really")


def thanks(check_in: CheckIn) -> str:
    """After the answer; a line may follow by replying."""
    if check_in.note:
        return say("Kept: “{note}”", note=Theirs(check_in.note))
    if check_in.fulfilled:
        return say("Good to hear. (Reply to this if you want to keep a line about it.)")
    return say("Good to know; that helps to find what does. (Reply to keep a line about it.)")


def rests(noted_: Noted, zone: ZoneInfo) -> str:
    """After Rest this week."""
    return say("Rest it is. {next}", next=next_words(noted_.next_go, zone)).rstrip()


def not_this_time(noted_: Noted, zone: ZoneInfo) -> str:
    """After Not this time."""
    return say(
        "Not this time is fine; one week decides nothing. {next}",
        next=next_words(noted_.next_go, zone),
    ).rstrip()


def undone(noted_: Noted, zone: ZoneInfo) -> str:
    """After an undo."""
    return say(
        "As it was before: <b>{title}</b> is open. {next}",
        title=title_of(noted_.commitment),
        next=next_words(noted_.next_go, zone),
    ).rstrip()


def when_else(commitment_title: Theirs) -> str:
    """After Later."""
    return say("<b>{title}</b>: when shall I ask again?", title=commitment_title)


def postponed(postponed_: Postponed, zone: ZoneInfo) -> str:
    """After a choice of Later."""
    return say(
        "<b>{title}</b>: I will be back {when}.",
        title=title_of(postponed_.commitment),
        when=moment_words(postponed_.at, zone),
    )


def nothing_to_check_in() -> str:
    """For "did it" of somebody without a commitment."""
    return say(
        "Well done. There is no commitment yet to note it under: say one in a sentence, "
        "for example <i>film every Saturday at 8pm</i>."
    )


def nothing_to_answer() -> str:
    """For "not this time" of somebody without a commitment."""
    return say(
        "That is fine. There is no commitment yet: say one in a sentence, for example "
        "<i>film every Saturday at 8pm</i>."
    )


def which_commitment() -> str:
    """Where several are open."""
    return say("Well done. Which one was it?")


def once_more(commitment_title: Theirs, day: date, days_ago: int) -> str:
    """Where the day that was meant has one already."""
    if days_ago == 0:
        return say("<b>{title}</b> is noted for today already.", title=commitment_title)
    if days_ago == 1:
        return say("<b>{title}</b> is noted for yesterday already.", title=commitment_title)
    name = day_name(day.isoweekday())
    return say("<b>{title}</b> is noted for {day} already.", day=name, title=commitment_title)


def a_past_week() -> str:
    """For "did it last week"."""
    return say("Good. A past week is filled in here, with the week that you choose.")


def what_else() -> str:
    """Asks for a new way."""
    return say("What was it? Type it, and I add it to the ways.")


def way_added(way: str) -> str:
    """After something else."""
    return say("Added: {way}.", way=Theirs(way))


def note_kept(check_in: CheckIn) -> str:
    """After a note."""
    return say("Kept: “{note}”", note=Theirs(check_in.note or ""))


def this_one(name: str) -> str:
    """The way that was named."""
    return say("<b>{name}</b>.", name=Theirs(name))


def a_note(most: int) -> str:
    """For a note that is too long or empty."""
    return say("A note has at most {most} characters; nothing was changed.", most=most)


def nothing_open_there() -> str:
    """For Later under a reminder whose turn is over: done, resting, paused, long ago."""
    return say("Nothing is open there any more. /week shows what is coming.")


def nothing_open() -> str:
    """For "rest" or "not this time" with nothing open this week."""
    return say("Nothing is open this week. /week shows what is coming, /rest plans a rest.")
