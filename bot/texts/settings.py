"""What can be set, and what a change means."""

from collections.abc import Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from babel import Locale

from bot.language import Markup, date_words, day_name, moment_words, plain, say, time_words
from bot.texts.drafts import city_of
from bot.texts.schedules import title_of
from habits.agenda import Coming
from habits.rules.person import Person, Pictures, Quiet
from habits.rules.schedule import Part, Parts


def overview(person: Person, begins: int | None) -> str:
    """Everything that is set, in a few lines. begins: the ISO weekday of their weeks."""
    lines = [
        say("Language: {name}", name=language_name(person.language)),
        say("Parts of the day: {parts}", parts=_parts(person.parts)),
        say("Quiet hours: {hours}", hours=_hours(person.quiet)),
        say("Touches: {touches}", touches=_touches(person)),
        say("Numbers: {numbers}", numbers=_numbers(person)),
        say("Pictures: {pictures}", pictures=_pictures(person.pictures)),
    ]
    if begins is not None:
        lines.insert(2, say("Week: {days}", days=_week(begins)))
    if person.zone is not None:
        city = city_of(person.zone)
        lines.append(say("Time zone: {city} (/timezone)", city=city))
    return "\n".join([say("<b>Settings</b>. What would you like to change?"), *lines])


def language_name(code: str) -> str:
    """English, in its own words."""
    return str(Locale.parse(code).get_display_name(code) or code).capitalize()


def _parts(parts: Parts) -> str:
    return plain(
        "morning {morning}, afternoon {afternoon}, evening {evening}",
        morning=time_words(parts.morning),
        afternoon=time_words(parts.afternoon),
        evening=time_words(parts.evening),
    )


def _hours(quiet: Quiet) -> str:
    if quiet.since == quiet.until:
        return plain("none")
    return quiet_label(quiet)


def quiet_label(quiet: Quiet) -> str:
    """22:00–08:00"""
    return plain("{since}–{until}", since=time_words(quiet.since), until=time_words(quiet.until))


def _touches(person: Person) -> str:
    also = [
        *([plain("a question two evenings before")] if person.asks_plan else []),
        plain("the reminder"),
        *([plain("one question after it")] if person.asks_follow_up else []),
    ]
    return ", ".join(also)


def _numbers(person: Person) -> str:
    return plain("shown") if person.shows_numbers else plain("hidden, just fun")


def _pictures(wanted: Pictures) -> str:
    return {
        Pictures.LIGHT: plain("light"),
        Pictures.DARK: plain("dark"),
        Pictures.NONE: plain("none, words instead"),
    }[wanted]


def _week(begins: int) -> str:
    last = (begins + 5) % 7 + 1
    return plain("{first} to {last}", first=day_name(begins), last=day_name(last))


def languages(known: Sequence[str]) -> str:
    """The page of languages."""
    if len(known) == 1:
        return say("I speak {name} so far.", name=language_name(known[0]))
    return say("Which language?")


def parts(parts_: Parts) -> str:
    """The page of the parts of the day."""
    return say(
        "“Saturday afternoon” begins when your afternoon begins. Now: {parts}.\nWhich one moves?",
        parts=_parts(parts_),
    )


def part_label(part: Part, at: time) -> str:
    """A button's label: Evening, 18:30."""
    names = {
        Part.MORNING: plain("Morning, {time}", time=time_words(at)),
        Part.AFTERNOON: plain("Afternoon, {time}", time=time_words(at)),
        Part.EVENING: plain("Evening, {time}", time=time_words(at)),
    }
    return names[part]


def when_begins(part: Part) -> str:
    """Asks when a part of the day begins."""
    sentence = {
        Part.MORNING: say("When does your morning begin? Tap, or type a time like <i>8:15</i>."),
        Part.AFTERNOON: say(
            "When does your afternoon begin? Tap, or type a time like <i>13:30</i>."
        ),
        Part.EVENING: say("When does your evening begin? Tap, or type a time like <i>19:00</i>."),
    }
    return sentence[part]


def part_moved(part: Part, at: time, next_one: Coming | None, zone: ZoneInfo | None) -> str:
    """After a change, with what it moved."""
    sentence = {
        Part.MORNING: say("Your morning begins at {time}.", time=time_words(at)),
        Part.AFTERNOON: say("Your afternoon begins at {time}.", time=time_words(at)),
        Part.EVENING: say("Your evening begins at {time}.", time=time_words(at)),
    }[part]
    if next_one is None or zone is None:
        return sentence
    moved = say(
        "What is planned for it moves along. Next: {title}, <b>{when}</b>.",
        title=title_of(next_one.commitment),
        when=moment_words(next_one.at, zone),
    )
    return f"{sentence} {moved}"


def week(begins: int, *, chosen: bool) -> str:
    """The page of the week."""
    how = (
        say("You chose so.")
        if chosen
        else say("That follows from where you are, so that no weekend is cut in two.")
    )
    return " ".join(
        [say("Your week runs {days}.", days=_week(begins)), how, say("On which day may it begin?")]
    )


def automatic(weekday: int) -> str:
    """A button's label: as is usual where they are."""
    return plain("As usual here ({day})", day=day_name(weekday))


def week_set(weekday: int, since: date | None) -> str:
    """After a change: it holds from the next week on."""
    name = day_name(weekday)
    if since is None:
        return say("Your weeks begin on {day}.", day=name)
    return say(
        "From the next week on your weeks begin on {day}: the first time on {date}. "
        "This week goes on until then.",
        day=name,
        date=date_words(since),
    )


def no_zone() -> str:
    """For the week of somebody who has not said where they are."""
    return say("For that I need to know where you are: /timezone.")


def quiet(quiet_: Quiet) -> str:
    """The page of the quiet hours."""
    now = (
        say("You have no quiet hours.")
        if quiet_.since == quiet_.until
        else say("Quiet hours: <b>{hours}</b>.", hours=quiet_label(quiet_))
    )
    return f"{now} " + say(
        "In them I ask nothing; only a reminder whose time you chose may come. "
        "Tap, or type hours like <i>21:30-7:00</i>."
    )


def quiet_set(quiet_: Quiet) -> str:
    """After a change."""
    if quiet_.since == quiet_.until:
        return say("No quiet hours any more.")
    return say(
        "Quiet from <b>{since}</b> to <b>{until}</b>. A reminder whose time you chose comes "
        "all the same.",
        since=time_words(quiet_.since),
        until=time_words(quiet_.until),
    )


def no_quiet() -> str:
    """A button's label."""
    return plain("None")


def not_a_time() -> str:
    """For what is no time."""
    return say("I read times like <i>19:00</i> or <i>7.30pm</i>.")


def not_hours() -> str:
    """For what is no pair of times."""
    return say("I read hours like <i>22:00-8:00</i> or <i>10pm to 8am</i>.")


def which_time() -> str:
    """For "7", which may be two times."""
    return say("Which of the two?")


def touches(person: Person) -> str:
    """The page of the touches."""
    return say(
        "The reminder itself always comes. Two more are yours to choose: a question two evenings "
        "before (when and how will it be?), and one after it, only if nothing was answered.\n"
        "Before: <b>{plan}</b>. After: <b>{follow_up}</b>.",
        plan=_on(on=person.asks_plan),
        follow_up=_on(on=person.asks_follow_up),
    )


def _on(*, on: bool) -> Markup:
    return Markup(say("on") if on else say("off"))


def plan_label(*, on: bool) -> str:
    """A button's label."""
    return plain("Ask before") if on else plain("Do not ask before")


def follow_up_label(*, on: bool) -> str:
    """A button's label."""
    return plain("Ask after") if on else plain("Do not ask after")


def numbers(person: Person) -> str:
    """The page of the numbers."""
    now = say("Numbers are shown.") if person.shows_numbers else say("Just fun: no numbers.")
    return f"{now} " + say(
        "Some enjoy a thing less once they count it. <i>Just fun</i> hides every number; "
        "the diary and the reminders stay."
    )


def numbers_label(*, shown: bool) -> str:
    """A button's label."""
    return plain("Show numbers") if shown else plain("Just fun")


def pictures(person: Person) -> str:
    """The page of the pictures."""
    return say(
        "/streaks draws your year in weeks, with the same in words below it. "
        "Pictures now: <b>{pictures}</b>.",
        pictures=_pictures(person.pictures),
    )


def pictures_label(wanted: Pictures) -> str:
    """A button's label."""
    return {
        Pictures.LIGHT: plain("Light pictures"),
        Pictures.DARK: plain("Dark pictures"),
        Pictures.NONE: plain("Words only"),
    }[wanted]
