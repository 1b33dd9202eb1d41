"""What is said about commitments: how they stand, and what a change of one means."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.language import (
    Markup,
    Theirs,
    count,
    isolated,
    moment_words,
    plain,
    say,
)
from bot.texts.fading import has_faded
from bot.texts.schedules import capitalised, next_words, schedule_words, title_of
from bot.typed import Empty, TooLong, telegram_length
from habits.edits import Stands
from habits.rules.commitment import LONGEST_CUE, Commitment, State, Way
from habits.rules.person import Person
from habits.rules.schedule import Schedule
from habits.rules.touch import go_at

LONGEST_IN_A_LIST = 100
"""UTF-16 units of a title in a list or on a button; a letter can be of very many."""


def none_yet(archived: int) -> str:
    """For whoever has no commitment, or none outside the archive."""
    if archived:
        return say("Everything is in the archive. Bring one back, or begin another: /new.")
    return say(
        "There is no commitment yet. Say one in a sentence, for example "
        "<i>film every Saturday at 8pm</i>, or let me ask you: /new."
    )


def shortened(title: str) -> str:
    """A title that leaves room for others."""
    if telegram_length(title) <= LONGEST_IN_A_LIST:
        return title
    kept = title
    while telegram_length(kept) > LONGEST_IN_A_LIST:
        kept = kept[: -max(1, len(kept) // 10)]
    return kept.rstrip("\u200d ") + "…"


def label(commitment: Commitment) -> str:
    """A commitment on its button."""
    name = isolated(shortened(commitment.title))
    if commitment.state is State.PAUSED:
        return plain("⏸ {title}", title=name)
    return plain("💤 {title}", title=name) if commitment.silent_since else name


def listed(found: Sequence[Stands], zone: ZoneInfo, page: int, pages: int) -> str:
    """Every commitment with its schedule and its next reminder."""
    lines = [_line(each, zone) for each in found]
    head = say("Your commitments. Tap one to change it.")
    if pages > 1:
        head += " " + say("(Page {page} of {pages}.)", page=page + 1, pages=pages)
    return "\n\n".join([head, *lines])


def _line(stands: Stands, zone: ZoneInfo) -> str:
    commitment = stands.commitment
    title = Theirs(shortened(commitment.title))
    when = schedule_words(commitment.schedule)
    first = say("<b>{title}</b>: {when}", title=title, when=when)
    return f"{first}\n{_state(stands, zone)}"


def _state(stands: Stands, zone: ZoneInfo) -> str:
    commitment = stands.commitment
    if commitment.state is State.ARCHIVED:
        return say("🗄 In the archive, with everything you kept of it.")
    if commitment.state is State.PAUSED:
        return say("⏸ Paused: I ask nothing until you resume it.")
    if commitment.silent_since is not None:
        return say("💤 Quiet: I keep still about it until you wake it.")
    coming = next_words(stands.next_go, zone)
    if commitment.fades_from is not None:
        return f"{has_faded()} {coming}".rstrip()
    return coming or say("Nothing of it is coming for now.")


def archive(titles: int) -> str:
    """Above the archived ones."""
    if not titles:
        return say("The archive is empty.")
    return say("The archive. What you kept of these stays; tap one to look at it.")


def which_to_change(words: str | None) -> str:
    """Above all that may be meant. words: those that name none of them."""
    if words is None:
        return say("Which one do you mean?")
    return say("I do not find “{words}” among yours. Which one do you mean?", words=Theirs(words))


def page(stands: Stands, zone: ZoneInfo) -> str:
    """Everything about one commitment."""
    commitment = stands.commitment
    lines = [
        say("<b>{title}</b>", title=title_of(commitment)),
        capitalised(schedule_words(commitment.schedule)),
    ]
    if len(commitment.open_ways) > 1:
        lines.append(say("Any one of them counts: {ways}.", ways=ways_words(commitment.open_ways)))
    if commitment.cue:
        lines.append(say("<i>{cue}</i>", cue=Theirs(commitment.cue)))
    return "\n".join([*lines, _state(stands, zone)])


def ways_words(ways: Sequence[Way]) -> Markup:
    """A film · A book with tea."""
    return Markup(" · ".join(say("{way}", way=Theirs(shortened(way.title))) for way in ways))


def elsewhere() -> str:
    """Above a commitment that another device changed meanwhile."""
    return say("It was just changed elsewhere; here is how it stands.")


def renamed(stands: Stands, *, has_twin: bool) -> str:
    """After another title."""
    named = say("It is called <b>{title}</b> now.", title=title_of(stands.commitment))
    twin = say("You have another one of that name, which is fine with me.")
    return f"{named} {twin}" if has_twin else named


def rescheduled(stands: Stands, person: Person) -> str:
    """After another schedule: what it means for this week and the next."""
    commitment, zone = stands.commitment, _zone(person)
    when = schedule_words(commitment.schedule)
    first = say("From now on <b>{title}</b> is {when}.", title=title_of(commitment), when=when)
    return f"{first} {_meaning(stands, person, zone)}"


def _meaning(stands: Stands, person: Person, zone: ZoneInfo) -> str:
    following = stands.next_go
    if stands.commitment.state is State.ACTIVE and following is not None:
        local = following.astimezone(zone)
        schedule = stands.commitment.schedule
        fits = local.isoweekday() in schedule.days
        if not fits or go_at(local.date(), schedule, person) != following:
            when = moment_words(following, zone)
            return say("This week stays as it was: <b>{when}</b>.", when=when)
    return _state(stands, zone)


def _zone(person: Person) -> ZoneInfo:
    assert person.zone is not None
    return person.zone


def goes_on(stands: Stands, zone: ZoneInfo) -> str:
    """After a pause, a silence or the archive."""
    title = title_of(stands.commitment)
    return say("Good: <b>{title}</b> goes on. {next}", title=title, next=_next(stands, zone))


def _next(stands: Stands, zone: ZoneInfo) -> Markup:
    return Markup(_state(stands, zone))


def paused(stands: Stands) -> str:
    """After Pause."""
    return say(
        "<b>{title}</b> is paused, and this week with it. I ask nothing until you resume it.",
        title=title_of(stands.commitment),
    )


def archived(stands: Stands) -> str:
    """After Archive."""
    return say(
        "<b>{title}</b> is in the archive, with everything you kept of it. "
        "It can come back at any time: /commitments.",
        title=title_of(stands.commitment),
    )


def is_archived() -> str:
    """For a button that an archived commitment cannot follow; a toast."""
    return plain("That one is in the archive; nothing was changed. /commitments brings it back.")


def cue_set(stands: Stands, zone: ZoneInfo) -> str:
    """After another cue."""
    cue = stands.commitment.cue
    if cue is None:
        return say("Without a cue, then. {next}", next=_next(stands, zone))
    return say(
        "I will say it like that: <i>{cue}</i> {next}", cue=Theirs(cue), next=_next(stands, zone)
    )


def undone(stands: Stands, person: Person) -> str:
    """After Undo."""
    commitment = stands.commitment
    return say(
        "As it was before: <b>{title}</b>, {when}. {meaning}",
        title=title_of(commitment),
        when=schedule_words(commitment.schedule),
        meaning=Markup(_meaning(stands, person, _zone(person))),
    )


def which_title(commitment: Commitment) -> str:
    """Asks for another title."""
    return say(
        "What shall <b>{title}</b> be called? Type it, for example <i>Film with friends</i>.",
        title=title_of(commitment),
    )


def which_days(commitment: Commitment) -> str:
    """Asks for other days."""
    return say(
        "<b>{title}</b> is {when}. On which day instead? Tap it, or type days and time "
        "together: <i>Fri and Sat 19:30</i>.",
        title=title_of(commitment),
        when=schedule_words(commitment.schedule),
    )


def still_next(stands: Stands, zone: ZoneInfo, *, asked: bool) -> str:
    """After a question that waits for a decision: what comes meanwhile."""
    following = next_words(stands.next_go, zone) if asked else ""
    return f"\n{following}" if following else ""


def tick_days(ticked: Sequence[int]) -> str:
    """Above the days to tick."""
    if len(ticked) < 2:
        return say("Tap all the days that fit.")
    return say("Shall I ask on each of them, or is any one of them enough?")


def which_time(commitment: Commitment) -> str:
    """Asks for another time."""
    return say(
        "<b>{title}</b> is {when}. When instead? Tap a part of the day, or type a time: "
        "<i>18:15</i>.",
        title=title_of(commitment),
        when=schedule_words(commitment.schedule),
    )


def how_often(commitment: Commitment) -> str:
    """Asks for every how many weeks."""
    return say("<b>{title}</b>: how often?", title=title_of(commitment))


def how_many(commitment: Commitment) -> str:
    """Asks for the target."""
    return say(
        "<b>{title}</b> is {when}. How many of these days make a good week?",
        title=title_of(commitment),
        when=schedule_words(commitment.schedule),
    )


def enough(target: int, days: int) -> str:
    """A target on its button."""
    if target == days:
        return plain("All {n} of them", n=days)
    return plain("Once is enough") if target == 1 else plain("{n} times are enough", n=target)


def which_cue(commitment: Commitment) -> str:
    """Asks for a cue."""
    return say(
        "What comes just before it? Type it in your own words, and I say it to you: "
        "<i>When the dishes are done, I make tea and open the book.</i>"
    ) + ("\n" + say("So far: <i>{cue}</i>", cue=Theirs(commitment.cue)) if commitment.cue else "")


def a_cue(wrong: Empty | TooLong) -> str:
    """For a cue that shows nothing, or too much."""
    example = say("For example: <i>When the dishes are done, I make tea.</i>")
    if isinstance(wrong, Empty):
        return say("I see nothing in that.") + " " + example
    return (
        say(
            "A cue has at most {most} characters; this one has {length}.",
            most=LONGEST_CUE,
            length=wrong.length,
        )
        + " "
        + example
    )


def a_schedule(asked: str) -> str:
    """The example for typed text that does not answer what was asked."""
    match asked:
        case "often":
            return say("For example: <i>every two weeks</i>.")
        case "target":
            return say("For example: <i>twice a week</i>.")
    return say("For example: <i>Sunday evening</i>, <i>Fri and Sat 19:30</i> or <i>18:15</i>.")


def out_of_range(asked: str, days: int) -> str:
    """For a number that answers what was asked, and is none of those there are."""
    if asked == "often":
        return say("I keep time every week, or every 2, 3 or 4 weeks.")
    return say("It can be 1 to {days} times a week, as many as there are days.", days=days)


def which_of_these() -> str:
    """Above schedules to choose from."""
    return say("Which of these do you mean?")


def how_much_smaller(stands: Stands, offers: Sequence[Schedule], zone: ZoneInfo) -> str:
    """After Smaller: a concrete offer."""
    commitment = stands.commitment
    title, following = title_of(commitment), _next(stands, zone)
    if not offers:
        return say(
            "<b>{title}</b> is as small as I can make it. Another day, or a rest? {next}",
            title=title,
            next=following,
        )
    return say(
        "<b>{title}</b> is {when}. A little less does as well: which shall it be? {next}",
        title=title,
        when=schedule_words(commitment.schedule),
        next=following,
    )


def all_paused(n: int) -> str:
    """After Pause everything."""
    if not n:
        return say("Nothing was going on; there is nothing to pause.")
    return count(
        "Your commitment is paused. /commitments wakes it when you like.",
        "Everything is paused. /commitments wakes each by itself.",
        n,
    )


def all_back(n: int) -> str:
    """After the undo of Pause everything."""
    return count("Your commitment goes on. /week", "Everything goes on. /week", n)


def closed() -> str:
    """Below a message whose buttons were put away."""
    return say("All right.")
