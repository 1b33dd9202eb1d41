"""What was kept, in words."""

from bot.language import count, say
from bot.texts.schedules import title_of
from habits.overviews import Kept
from habits.rules.streak import of_last


def none_yet() -> str:
    """Before the first commitment."""
    return say(
        "There is nothing to count yet. Say a commitment in a sentence: <i>film on Saturdays</i>."
    )


def kept(one: Kept, *, numbers: bool) -> str:
    """Film or book: kept 11 of the last 12 weeks, 9 in a row. Best: 14."""
    title = say("<b>{title}</b>", title=title_of(one.commitment))
    if not numbers:
        return title
    done, due = of_last(one.streak)
    if not due:
        return f"{title}: {say('the first week is under way.')}"
    parts = [
        say(
            "kept {done} of the last {due} weeks, {run} in a row.",
            done=done,
            due=due,
            run=one.streak.run,
        )
        if done
        else say("every week is a new one.")
    ]
    if one.streak.best:
        parts.append(say("Best: {best}.", best=one.streak.best))
    if one.streak.reserve:
        parts.append(
            count("One reserve week in hand.", "{n} reserve weeks in hand.", one.streak.reserve)
        )
    return f"{title}: {' '.join(parts)}"
