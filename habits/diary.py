"""The diary: every check-in with its note, newest first; looked through, corrected, undone."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import check_ins
from habits.check_ins import CheckIn, check_in_from
from habits.commitments import NotThere
from habits.corrections import keep_change
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.zone import persons_day
from habits.storage.database import Tx
from habits.storage.rows import commitments_of
from habits.storage.tables import changes
from habits.storage.tables import check_ins as rows

NEWEST_FIRST = (rows.c.day.desc(), rows.c.made_at.desc(), rows.c.id.desc())
OLDEST_FIRST = (rows.c.day, rows.c.made_at, rows.c.id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the diary: at an entry, or at its day once it is gone."""

    day: date
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first; older and newer are where the pages beside it begin.

    newest: nothing comes before it. promises: whether there is a commitment to keep.
    """

    entries: tuple[CheckIn, ...]
    older: Place | None
    newer: Place | None
    newest: bool
    promises: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the entries that hold the words, newest first. more: whether others follow."""

    entries: tuple[CheckIn, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """An entry as it stands after a change. change_id: what undoes it, if anything does."""

    check_in: CheckIn
    change_id: int | None


def page(tx: Tx, person: Person, at: Place | None, count: int) -> Page:
    """The entries from a place on; the newest where nothing, or less than a page, is newer."""
    before = [] if at is None else _newer(tx, person, at, count)
    newer = _place(before[-1]) if len(before) == count else None
    if newer is None:
        at = None
    found = _entries(tx, person, at, count + 1)
    older = _place(found[count]) if len(found) > count else None
    promises = bool(commitments_of(tx, person.id))
    return Page(tuple(found[:count]), older, newer, at is None, promises)


def _place(entry: CheckIn | Any) -> Place:
    return Place(entry.day, entry.id)


def _newer(tx: Tx, person: Person, at: Place, count: int) -> Sequence[Any]:
    """Those that come before a place in the diary, the nearest first."""
    query = sa.select(rows.c.day, rows.c.id).where(
        rows.c.person_id == person.id, rows.c.day >= at.day, sa.not_(_from(tx, person, at))
    )
    return tx.execute(query.order_by(*OLDEST_FIRST).limit(count)).all()


def _from(tx: Tx, person: Person, at: Place) -> sa.ColumnElement[bool]:
    """What stands at a place or comes after it."""
    mine = sa.and_(rows.c.id == at.id, rows.c.person_id == person.id, rows.c.day == at.day)
    made_at = tx.scalar(sa.select(rows.c.made_at).where(mine))
    if made_at is None:
        return rows.c.day <= at.day
    same_day = sa.tuple_(rows.c.made_at, rows.c.id) <= sa.tuple_(
        sa.literal(made_at, rows.c.made_at.type), sa.literal(at.id, rows.c.id.type)
    )
    return sa.or_(rows.c.day < at.day, sa.and_(rows.c.day == at.day, same_day))


def _entries(tx: Tx, person: Person, at: Place | None, count: int | None = None) -> list[CheckIn]:
    query = sa.select(rows).where(rows.c.person_id == person.id)
    if at is not None:
        query = query.where(rows.c.day <= at.day, _from(tx, person, at))
    theirs = {each.id: each for each in commitments_of(tx, person.id, *State)}
    found = tx.execute(query.order_by(*NEWEST_FIRST).limit(count)).all()
    return [check_in_from(row, theirs[row.commitment_id]) for row in found]


def latest(tx: Tx, person: Person, since: datetime) -> CheckIn | None:
    """The newest entry, where its day is not before that moment's."""
    if person.zone is None:
        return None
    entry = next(iter(_entries(tx, person, None, 1)), None)
    return entry if entry and entry.day >= persons_day(since, person.zone) else None


def noted_last(tx: Tx, person: Person, since: datetime) -> CheckIn | None:
    """What they told last, of whatever day, since that moment."""
    query = sa.select(rows.c.id).where(rows.c.person_id == person.id, rows.c.made_at >= since)
    newest = tx.scalar(query.order_by(rows.c.made_at.desc(), rows.c.id.desc()).limit(1))
    return None if newest is None else check_ins.find(tx, person, newest)


def search(tx: Tx, person: Person, words: str, *, skip: int, count: int) -> Found:
    """The entries that hold every one of the words, in the note or in what was done.

    Looked for here and not by the database, where what people write may be unreadable.
    """
    wanted = _folded(words).split()
    found = [each for each in _entries(tx, person, None) if _holds(each, wanted)]
    return Found(tuple(found[skip : skip + count]), len(found) > skip + count)


def _holds(entry: CheckIn, wanted: Sequence[str]) -> bool:
    ways = [way.title for way in entry.commitment.ways if way.id == entry.way_id]
    text = _folded("\n".join([entry.note or "", entry.commitment.title, *ways]))
    return all(word in text for word in wanted)


def _folded(text: str) -> str:
    """Without what is often left out in typing: capitals, accents."""
    whole = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in whole if not unicodedata.combining(char))


def possible_days(entry: CheckIn, person: Person, now: datetime) -> tuple[date, ...]:
    """The days that an entry can be of: those of its own week that have come."""
    if person.zone is None:
        return ()
    today = persons_day(now, person.zone)
    days = person.week_of(entry.week).days
    return tuple(day for day in days if entry.week <= day <= today)


def set_note(
    tx: Tx, person: Person, check_in_id: int, note: str | None, now: datetime
) -> Edited | NotThere:
    """Keep another line about it, or (None) no line."""
    return _edit(tx, person, check_in_id, now, "note", note)


def set_fulfilled(
    tx: Tx, person: Person, check_in_id: int, fulfilled: bool, now: datetime
) -> Edited | NotThere:
    """Say whether it left them fulfilled."""
    return _edit(tx, person, check_in_id, now, "fulfilled", fulfilled)


def set_way(
    tx: Tx, person: Person, check_in_id: int, way_id: int, now: datetime
) -> Edited | NotThere:
    """Say which way it was; one of its own commitment's."""
    return _edit(tx, person, check_in_id, now, "way_id", way_id)


def set_day(
    tx: Tx, person: Person, check_in_id: int, day: date, now: datetime
) -> Edited | NotThere:
    """Say on which day of its week it was: so the week is kept or not as before."""
    entry = check_ins.find(tx, person, check_in_id)
    if entry is None or day not in possible_days(entry, person, now):
        return NotThere()
    return _edit(tx, person, check_in_id, now, "day", day)


def _edit(
    tx: Tx, person: Person, check_in_id: int, now: datetime, name: str, value: Any
) -> Edited | NotThere:
    """Change one thing about an entry; twenty taps are one change."""
    entry = check_ins.find(tx, person, check_in_id)
    if entry is None or (name == "way_id" and not _has_way(entry.commitment, value)):
        return NotThere()
    before = getattr(entry, name)
    if before == value:
        return Edited(entry, _last_change(tx, person, entry, name))
    kept = {"check_in": check_in_id, name: _plain(before)}
    change_id = keep_change(tx, entry.commitment, kept, now)
    return Edited(_store(tx, person, entry, name, value), change_id)


def _has_way(commitment: Commitment, way_id: int | None) -> bool:
    return way_id in {way.id for way in commitment.ways}


def _plain(value: Any) -> Any:
    """As JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def _store(tx: Tx, person: Person, entry: CheckIn, name: str, value: Any) -> CheckIn:
    stored = check_ins.change(tx, person, entry.id, **{name: value})
    assert isinstance(stored, CheckIn)  # it was found in the same transaction
    return stored


def _last_change(tx: Tx, person: Person, entry: CheckIn, name: str) -> int | None:
    """The change that made one thing about an entry what it is."""
    made = tx.execute(
        sa.select(changes.c.id, changes.c.before)
        .where(changes.c.commitment_id == entry.commitment.id, changes.c.person_id == person.id)
        .order_by(changes.c.made_at.desc())
    )
    mine = (row.id for row in made if row.before.get("check_in") == entry.id and name in row.before)
    return next(mine, None)


def undo(tx: Tx, person: Person, change_id: int) -> CheckIn | NotThere:
    """Take one change of an entry back; what else was changed since stays."""
    before: dict[str, Any] | None = tx.scalar(
        sa.select(changes.c.before).where(
            changes.c.id == change_id, changes.c.person_id == person.id
        )
    )
    if before is None or "check_in" not in before:
        return NotThere()
    entry = check_ins.find(tx, person, before["check_in"])
    if entry is None:
        return NotThere()
    [(name, kept)] = [(name, kept) for name, kept in before.items() if name != "check_in"]
    return _store(tx, person, entry, name, _from_plain(entry, name, kept))


def _from_plain(entry: CheckIn, name: str, kept: Any) -> Any:
    """As the table has it; a way that is gone by now is none."""
    if name == "day":
        return date.fromisoformat(kept)
    return kept if name != "way_id" or _has_way(entry.commitment, kept) else None
