"""What was kept, in words. Never a zero, and no numbers at all for who wants none."""

from datetime import date

from bot.language import Markup, count, day_name, join_words, plain, say
from bot.texts.schedules import title_of
from bot.texts.weeks import day_words
from habits.overviews import Kept
from habits.rules.person import Person
from habits.rules.streak import CountedWeek, Standing, Streak, of_last, run_weeks
from habits.rules.week import WEEK

MOST_NAMED = 3


def none_yet() -> str:
    """Before the first commitment."""
    return say(
        "There is nothing to look back on yet. Say a commitment in a sentence, for example "
        "<i>film on Saturdays</i>, or let me ask you: /new."
    )


def kept(one: Kept, person: Person, today: date) -> str:
    """Film or book: kept 11 of the last 12 weeks, 9 in a row. Best: 14."""
    title = say("<b>{title}</b>", title=title_of(one.commitment))
    if not person.shows_numbers:
        return f"{title}: {_diary(one, person, today)}"
    said = (_of_last(one.streak), _best(one.streak), _reserve(one.streak), _mend(one, today))
    return f"{title}: {' '.join(words for words in said if words)}"


def _diary(one: Kept, person: Person, today: date) -> str:
    """What may be said without counting anything."""
    if one.latest is None:
        return say("the diary is open.")
    week = person.week_of(today).first
    if one.latest >= week:
        return say("you did it this week. Your diary has it.")
    if one.latest >= week - WEEK:
        return say("you did it last week. Your diary has it.")
    return say("your diary has it, and keeps a place for the next.")


def _of_last(streak: Streak) -> str:
    done, due = of_last(streak)
    if not due:
        return say("the first week is under way.")
    if not done:
        return say("every week is a new one.")
    if due == 1:
        return say("kept 1 week, the first.")
    if streak.run < 2:
        return say("kept {done} of the last {due} weeks.", done=done, due=due)
    return say(
        "kept {done} of the last {due} weeks, {run} in a row.", done=done, due=due, run=streak.run
    )


def _best(streak: Streak) -> str:
    if streak.best < 2:
        return ""
    if streak.best == streak.run:
        return say("Your best so far.")
    return say("Best: {best}.", best=streak.best)


def _reserve(streak: Streak) -> str:
    if not streak.reserve:
        return ""
    return count("One reserve week in hand.", "{n} reserve weeks in hand.", streak.reserve)


def _mend(one: Kept, today: date) -> str:
    """A miss that is not the last word yet."""
    streak = one.streak
    missed = [each for each in streak.weeks if each.standing is Standing.MENDABLE]
    if not streak.to_mend or not missed:
        return ""
    return count(
        "The week of {week} can still be mended: keep the next one and it never broke.",
        "The week of {week} can still be mended: keep the next {n} and it never broke.",
        streak.to_mend,
        week=_first_day(missed[0], today),
    )


def _first_day(each: CountedWeek, today: date) -> str:
    return day_words(each.record.week.first, today)


def counted(one: Kept, person: Person, today: date) -> str:
    """How a streak is counted, step by step with the person's own weeks: eight lines at most."""
    steps = [step for step in _steps(one, person, today) if step]
    lines = [
        say("<b>{title}</b>, and how it is counted.", title=title_of(one.commitment)),
        *(
            say("{n}. {step}", n=number, step=Markup(step))
            for number, step in enumerate(steps, start=1)
        ),
        say("It is a proxy, not a grade."),
    ]
    return "\n".join(lines)


def _steps(one: Kept, person: Person, today: date) -> tuple[str, ...]:
    """Six at most; empty where nothing of the kind has been."""
    streak = one.streak
    since = run_weeks(streak) or _after_the_last_miss(streak.weeks)
    rested = _named(since, Standing.REST, today), _named(since, Standing.NEUTRAL, today)
    covered = _named(since, Standing.COVERED, today), _put_aside(since, streak)
    mended = _named(since, Standing.REPAIRED, today), _mend(one, today)
    return (
        _asks(one, person, today),
        _together(*rested),
        _together(*covered),
        _together(*mended),
        _named(since, Standing.COMEBACK, today),
        _together(_so(streak, today), _best(streak)),
    )


def _together(*sentences: str) -> str:
    return " ".join(words for words in sentences if words)


def _asks(one: Kept, person: Person, today: date) -> str:
    week = person.week_of(today)
    target = one.streak.weeks[-1].record.target if one.streak.weeks else 1
    begins = week.end.isoweekday()  # the day on which weeks begin from the next one on
    return count(
        "Your week runs {first} to {last} and is kept with one check-in.",
        "Your week runs {first} to {last} and is kept with {n} check-ins.",
        target,
        first=day_name(begins),
        last=day_name((begins + 5) % 7 + 1),
    )


def _after_the_last_miss(weeks: tuple[CountedWeek, ...]) -> tuple[CountedWeek, ...]:
    """Where no run stands, only what came since is of use."""
    missed = [place for place, each in enumerate(weeks) if each.standing is Standing.MISSED]
    return weeks[missed[-1] + 1 :] if missed else weeks


def _named(since: tuple[CountedWeek, ...], standing: Standing, today: date) -> str:
    """What became of the weeks of one kind, the latest few by name."""
    found = [_first_day(each, today) for each in since if each.standing is standing][-MOST_NAMED:]
    if not found:
        return ""
    n, weeks = len(found), Markup(join_words(found, plain("and")))
    match standing:
        case Standing.REST:
            return count(
                "The week of {weeks} rested: resting holds the run.",
                "The weeks of {weeks} rested: resting holds the run.",
                n,
                weeks=weeks,
            )
        case Standing.NEUTRAL:
            return count(
                "The week of {weeks} does not count: a reminder of it was lost, my fault.",
                "The weeks of {weeks} do not count: reminders of them were lost, my fault.",
                n,
                weeks=weeks,
            )
        case Standing.COVERED:
            return count(
                "The week of {weeks} was covered by a reserve.",
                "The weeks of {weeks} were covered by reserves.",
                n,
                weeks=weeks,
            )
        case Standing.REPAIRED:
            return count(
                "The week of {weeks} was mended by keeping the two after it.",
                "The weeks of {weeks} were each mended by keeping the two after them.",
                n,
                weeks=weeks,
            )
        case _:
            return say("You came back in the week of {weeks}.", weeks=weeks)


def _put_aside(since: tuple[CountedWeek, ...], streak: Streak) -> str:
    """Where a reserve comes from, for who has one or had one."""
    standings = {each.standing for each in since}
    if not standings & {Standing.SAVED, Standing.COVERED}:
        return ""
    rule = say("Every fourth kept week puts one aside, for a week that does not work out.")
    if Standing.COVERED not in standings:
        rule = say("Every fourth kept week puts a reserve aside, for one that does not work out.")
    return f"{rule} {_reserve(streak)}".rstrip()


def _so(streak: Streak, today: date) -> str:
    if not streak.kept:
        return ""
    if streak.since is None:
        return say("The next kept week begins a new run.")
    return count(
        "So: one, since {day}.",
        "So: {n} in a row since {day}.",
        streak.run,
        day=day_words(streak.since, today),
    )


def just_fun() -> str:
    """For a question about numbers by who wants none."""
    return say("You keep it just fun, so nothing is counted here. /settings shows numbers again.")


def which_one() -> str:
    """Where there are several commitments."""
    return say("Which one?")
