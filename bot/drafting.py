"""How a draft grows: every tap and every typed answer makes another draft from it. Pure."""

import re
import zlib
from dataclasses import dataclass, replace

from bot.draft import (
    MOST_BEHIND,
    Asked,
    Cue,
    Days,
    Draft,
    Name,
    OfDays,
    Often,
    OfTime,
    Time,
    When,
)
from bot.language import plain
from bot.phrases import (
    Ambiguous,
    Change,
    Commitment,
    EachOrAny,
    MoreThanDays,
    Question,
    WhatToDo,
    WhichDays,
    changed,
)
from bot.phrases.outcomes import combined
from bot.texts.questions import named_after
from bot.typed import Empty, TooLong, clean
from habits.rules.commitment import LONGEST_TITLE, MOST_WAYS
from habits.rules.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Full:
    """Not everything that was typed fits; the draft has what does."""

    draft: Draft


def in_place_of(before: Draft | None, draft: Draft) -> Draft:
    """Another draft, with what was begun before it waiting; one of the same name is corrected."""
    waiting = before.others if before is not None else ()
    kept = [each for each in waiting if not _same(each.name, draft.name)]
    return replace(draft, behind=(*draft.behind, *kept)[:MOST_BEHIND])


def brought_forward(draft: Draft, draft_id: int) -> Draft | None:
    """One that waits behind this draft, with this one waiting instead; None if it is not there."""
    wanted = next((each for each in draft.behind if each.id == draft_id), None)
    if wanted is None:
        return None
    others = tuple(each for each in draft.others if each.id != draft_id)
    return replace(wanted, behind=others[:MOST_BEHIND])


def following(draft: Draft) -> Draft | None:
    """What is talked about when this one is done."""
    return replace(draft.behind[0], behind=draft.behind[1:]) if draft.behind else None


def blank(*, greets: bool = False) -> Draft:
    """What /start and /new begin with."""
    return Draft(questions=(WhatToDo(), When()), greets=greets)


def with_ways(typed: str) -> Draft | Full | TooLong | Empty:
    """What "/new pottery" begins with."""
    return add_ways(Draft(questions=(When(),)), typed)


def from_reading(reading: Commitment | Ambiguous) -> tuple[Draft, TooLong | Empty | None]:
    """What a sentence begins with, and what is wrong with its title."""
    if isinstance(reading, Commitment):
        draft = Draft(change=_stated(reading.schedule))
    else:
        draft = _checked(Draft(change=reading.change, questions=_asked(reading.questions)))
    if not reading.title:
        return draft, None
    title = clean(reading.title, LONGEST_TITLE)
    if isinstance(title, TooLong | Empty):
        return replace(draft, questions=(Name(), *draft.questions)), title
    cleaned = [clean(way, LONGEST_TITLE) for way in reading.ways]
    ways = tuple(way for way in cleaned if isinstance(way, str))
    ways = ways or (title,)
    return replace(draft, title=title, ways=ways, own=ways), None


def _stated(schedule: Schedule) -> Change:
    return Change(schedule.days, schedule.at, schedule.every, schedule.target, schedule.once)


def _asked(questions: tuple[Question, ...]) -> tuple[Asked, ...]:
    """The questions of a phrase; what it will be is asked first, as in the wizard."""
    asked = [Days((), q.target) if isinstance(q, WhichDays) else q for q in questions]
    return tuple(sorted(asked, key=lambda question: not isinstance(question, WhatToDo)))


def _checked(draft: Draft) -> Draft:
    """The draft, with a question first where more check-ins are wanted than there are days."""
    outcome = changed(Schedule(), draft.change)
    if isinstance(outcome, Schedule) or draft.change.days is None:
        return draft
    return replace(
        draft, questions=(outcome, *(q for q in draft.questions if not isinstance(q, MoreThanDays)))
    )


def answered(draft: Draft, change: Change, *asked: Asked) -> Draft:
    """Answer the first question; `asked` is what follows from the answer."""
    rest = (*asked, *draft.questions[1:])
    return _checked(replace(draft, change=combined(draft.change, change), questions=rest))


def amended(draft: Draft, said: Change | Ambiguous) -> Draft:
    """Take a typed schedule, whatever was asked: what it does not speak of stays."""
    change = said.change if isinstance(said, Ambiguous) else said
    asked = _asked(said.questions) if isinstance(said, Ambiguous) else ()
    names_days = change.days is not None or any(isinstance(q, OfDays) for q in asked)
    earlier = replace(draft.change, days=None, target=None) if names_days else draft.change
    known = combined(earlier, change)
    asked_time = any(isinstance(question, When | Time) for question in draft.questions)
    asks_time = asked_time and known.at is None and not any(isinstance(q, OfTime) for q in asked)
    first = (WhatToDo(),) if not draft.ways else ()
    days = (Days(),) if known.days is None and not names_days else ()
    times = (Time(),) if asks_time else ()
    return _checked(replace(draft, change=known, questions=(*first, *asked, *days, *times)))


def asking(draft: Draft, question: Asked) -> Draft:
    """Ask (again) something that is known already; a whole draft may be left as it was."""
    others = tuple(each for each in draft.questions if type(each) is not type(question))
    return replace(draft, questions=(question, *others), alters=not others)


def past(draft: Draft, kind: type) -> Draft:
    """The draft without its questions of this kind."""
    rest = tuple(each for each in draft.questions if not isinstance(each, kind))
    return replace(draft, questions=rest)


def at_another_time(draft: Draft) -> Draft:
    """None of the usual times: days, then the time, then how often."""
    first = tuple(each for each in draft.questions if isinstance(each, WhatToDo))
    return replace(draft, questions=(*first, Days(), Time(), Often()))


def as_it_was(draft: Draft) -> Draft:
    """Leave the open question unanswered."""
    return replace(draft, questions=draft.questions[1:])


def add_ways(draft: Draft, typed: str) -> Draft | Full | TooLong | Empty:
    """Add the ways that were typed, several apart by a comma, a line or "or"; twelve at most."""
    named: list[str] = []
    for piece in _pieces(typed):
        match clean(piece, LONGEST_TITLE):
            case TooLong() as wrong:
                return wrong
            case str() as way:
                named.append(way)
    if not named:
        return Empty()
    added = replace(draft, greets=False)
    for way in named[: 2 * MOST_WAYS]:
        added = _with_own(added, way)
    chosen = {way.casefold() for way in added.ways}
    return added if all(way.casefold() in chosen for way in named) else Full(added)


def _pieces(typed: str) -> list[str]:
    return re.split(rf"[,;\n]|\s{re.escape(plain('or'))}\s", typed, flags=re.IGNORECASE)


def _with_own(draft: Draft, way: str) -> Draft:
    offered = next((each for each in draft.offers if _same(each, way)), None)
    if offered is None and not draft.is_full:
        # Those not chosen make room, so that there are never more buttons than fit.
        kept = draft.own if len(draft.own) < MOST_WAYS else draft.ways
        draft = replace(draft, own=(*kept, way))
    return _choosing(draft, offered or way)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _choosing(draft: Draft, way: str) -> Draft:
    if draft.is_full or any(_same(way, each) for each in draft.ways):
        return draft
    return _renamed(draft, (*draft.ways, way))


def _renamed(draft: Draft, ways: tuple[str, ...]) -> Draft:
    """With other ways; a title that only listed the old ones goes with them."""
    listed = _same(draft.title, named_after(draft.ways))
    return replace(draft, ways=ways, title="" if listed else draft.title)


def mark_of(way: str) -> int:
    """What a way's button carries of it: its place would change, its words may be long."""
    return zlib.crc32(way.casefold().encode())


def with_tick(draft: Draft, mark: int, *, ticked: bool) -> Draft | None:
    """Choose a way or not; None where it is not offered any more."""
    way = next((way for way in draft.offers if mark_of(way) == mark), None)
    if way is None:
        return None
    if WhatToDo() not in draft.questions:
        draft = asking(draft, WhatToDo())
    if ticked:
        return _choosing(draft, way)
    return _renamed(draft, tuple(each for each in draft.ways if not _same(each, way)))


def with_day(draft: Draft, day: int, *, ticked: bool) -> Draft:
    """Tick a day or not."""
    asked = next((q for q in draft.questions if isinstance(q, Days)), None)
    if asked is None:
        asked = Days(draft.schedule.days)
        draft = asking(draft, asked)
    others = set(asked.ticked) - {day}
    days = Days(tuple(sorted(others | ({day} if ticked else set()))), asked.target)
    return replace(draft, questions=tuple(days if q == asked else q for q in draft.questions))


def with_days(draft: Draft, days: Days) -> Draft:
    """Take the ticked days; several without a number of times may be each or any."""
    each = Change(days.ticked, once=False, target=None if days.target else len(days.ticked))
    if len(days.ticked) == 1 or days.target:
        return answered(draft, each)
    return answered(draft, Change(), EachOrAny((each, Change(days.ticked, once=True, target=1))))


def chosen(draft: Draft, change: Change | None) -> Draft:
    """Take one of the answers offered; None means to choose other days."""
    match draft.questions[0]:
        case MoreThanDays(target, days) if change is None:
            return replace(draft, questions=(Days(days, target), *draft.questions[1:]))
    return answered(draft, change or Change())


def with_cue(draft: Draft, cue: str) -> Draft:
    """Take a cue; "" takes it away."""
    return past(replace(draft, cue=cue), Cue)


def with_name(draft: Draft, title: str) -> Draft:
    """Take a title; where no way is known it is one as well."""
    rest = tuple(question for question in draft.questions[1:] if question != WhatToDo())
    ways = draft.ways or (title,)
    return replace(draft, title=title, ways=ways, own=draft.own or ways, questions=rest)
