"""What is said about taking a file in."""

from typing import TYPE_CHECKING

from bot.language import Theirs, count, say
from bot.typed import clean
from habits.taking_in import NeedsZone, NoRoom, NothingNew, Refused, Summary

if TYPE_CHECKING:  # it is loaded with what reads files
    from bot.files.unreadable import Unreadable

MOST_NAMED = 10
LONGEST_QUOTED = 120


def how() -> str:
    """The whole answer of /import."""
    return say(
        "Send me a file, and I say what it would change before anything is. I read what /export "
        "gave you, <code>habits-export.json</code> or the whole zip; Loop Habit Tracker's CSV "
        "export (zip) or its backup (.db); beaverhabits' JSON. Up to 1 MB."
    )


def summary(found: Summary, *, numbers: bool) -> str:
    """What a file would change, before the tap."""
    lines = [say("<b>This file would add:</b>"), *_lines(found, numbers=numbers)]
    if found.settings:
        lines.append(say("• your settings, as they are in the file"))
    lines.append(say("What you have here stays as it is."))
    return "\n".join(lines)


def _lines(found: Summary, *, numbers: bool) -> list[str]:
    return _counted(found) if numbers else _uncounted(found)


def _uncounted(found: Summary) -> list[str]:
    lines = []
    if found.new:
        lines.append(say("• commitments: {titles}", titles=Theirs(_titles(found.new))))
    if found.paused:
        lines.append(say("  (choose days and times in /commitments for what is paused)"))
    if found.check_ins:
        lines.append(say("• what you did, for the diary"))
    if found.rests:
        lines.append(say("• weeks of rest"))
    return lines


def _counted(found: Summary) -> list[str]:
    lines = []
    if found.new:
        lines.append(
            count(
                "• a commitment: {titles}",
                "• {n} commitments: {titles}",
                len(found.new),
                titles=Theirs(_titles(found.new)),
            )
        )
    if found.paused:
        lines.append(
            count(
                "  ({n} of them paused: choose a day and a time in /commitments)",
                "  ({n} of them paused: choose days and times in /commitments)",
                found.paused,
            )
        )
    if found.check_ins:
        lines.append(count("• {n} check-in", "• {n} check-ins", found.check_ins))
    if found.of_known:
        lines.append(
            count(
                "  ({n} of them for a commitment that you have)",
                "  ({n} of them for commitments that you have)",
                found.of_known,
            )
        )
    if found.rests:
        lines.append(count("• {n} week of rest", "• {n} weeks of rest", found.rests))
    return lines


def _titles(titles: tuple[str, ...]) -> str:
    named = ", ".join(titles[:MOST_NAMED])
    return f"{named}, …" if len(titles) > MOST_NAMED else named


def taken_in(found: Summary, *, numbers: bool) -> str:
    """After the tap."""
    lines = [say("<b>It is in.</b> Added:"), *_lines(found, numbers=numbers)]
    if found.settings:
        lines.append(say("• your settings"))
    lines.append(say("Undo is good for a day. /week shows what is coming."))
    return "\n".join(lines)


def left() -> str:
    """After Leave it."""
    return say("Left alone; nothing was changed, and the file is forgotten.")


def undone() -> str:
    """After Undo."""
    return say("All that the file added is gone again.")


def refused(why: Refused, *, numbers: bool) -> str:
    """For a file that can be read and not be taken in."""
    match why:
        case NothingNew():
            return say("All that is in this file is here already.")
        case NoRoom() if not numbers:
            return say(
                "There is not room for all of that. Archive some first: /commitments. "
                "Nothing was changed."
            )
        case NoRoom(most, would_be):
            return say(
                "There is room for {most} commitments, and with this file there would be "
                "{would_be}. Archive some first: /commitments. Nothing was changed.",
                most=most,
                would_be=would_be,
            )
        case NeedsZone():
            return say("First tell me where you are: /timezone. Then send the file again.")


def too_large() -> str:
    """For a file over the limit."""
    return say("This file is larger than 1 MB, the most I take. Nothing was changed.")


def not_fetched() -> str:
    """For a file that Telegram would not hand over."""
    return say("I could not fetch this file from Telegram. Please send it again.")


def unreadable(wrong: "Unreadable") -> str:
    """For a file that cannot be read."""
    sentences = {
        "TOO_LARGE": too_large(),
        "UNKNOWN": say("I do not know this kind of file. /import says which ones I read."),
        "DAMAGED": say("This file is damaged, or locked with a password. Nothing was changed."),
        "GROWS": say("Unpacked, this file is larger than I take. Nothing was changed."),
        "LEADS_OUT": say("This zip holds names that lead out of it. Nothing was changed."),
        "TOO_DEEP": say("This file is nested too deeply. Nothing was changed."),
        "NEWER": say("This file is from a newer version than mine. Nothing was changed."),
        "WRONG": _wrong(wrong),
    }
    return sentences[wrong.why.name]


def _wrong(wrong: "Unreadable") -> str:
    where, what = _shown(wrong.where), _shown(wrong.what)
    if not where:
        return say("Something in this file cannot be. Nothing was changed.")
    return say(
        "Something in this file cannot be, at {where}: {what}. Nothing was changed.",
        where=where,
        what=what,
    )


def _shown(words: str) -> Theirs:
    """Words that may be the file's own."""
    kept = clean(words, LONGEST_QUOTED)
    return Theirs(kept if isinstance(kept, str) else "")
