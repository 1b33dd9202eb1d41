"""Taking a person's belongings in: first what would change, then all of it at once, then undo.

What is missing is added and nothing that is there is changed; settings are taken only where
there is no commitment yet. The half-done import is a row, for a day, so a restart loses nothing.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import reminders
from habits.belongings import MOST_KEPT, Belongings, Wishes
from habits.commitments import NotThere
from habits.merging import Addition, additions
from habits.putting_in import Added, put
from habits.rules.commitment import MOST_COMMITMENTS, State
from habits.rules.person import Person
from habits.rules.zone import zone_named
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitments_of, person_of
from habits.storage.tables import check_ins, commitments, imports, occasions, rests, ways
from habits.wishes import set_wishes, wishes_of

GOOD_FOR = timedelta(hours=24)
"""So long a file waits for its tap, and so long it can be undone."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a file adds. new: the titles of commitments; paused: how many of them are.

    check_ins, of_known: in all, and those of them for commitments that are here already.
    settings: whether the settings are taken as well.
    """

    new: tuple[str, ...]
    paused: int
    check_ins: int
    of_known: int
    rests: int
    settings: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """It waits for a tap."""

    import_id: int
    summary: Summary


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Everything is in; the import's id undoes it."""

    import_id: int
    summary: Summary


@dataclass(frozen=True, slots=True)
class NothingNew:
    """All that is in the file is here already."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """There would be more commitments than we can keep."""

    most: int
    would_be: int


@dataclass(frozen=True, slots=True)
class NeedsZone:
    """Days cannot be told before it is known where the person is."""


Refused = NothingNew | NoRoom | NeedsZone


def offer(tx: Tx, person: Person, belongings: Belongings, now: datetime) -> Offered | Refused:
    """Keep what a file holds until its tap; a file before it that waits is let go."""
    found = _weighed(tx, person, belongings, now)
    if not isinstance(found, Summary):
        return found
    waiting = sa.and_(imports.c.person_id == person.id, imports.c.added.is_(None))
    tx.execute(sa.delete(imports).where(waiting))
    row = {
        "id": new_id(),
        "person_id": person.id,
        "content": belongings.model_dump(mode="json"),
        "made_at": now,
    }
    tx.execute(sa.insert(imports).values(row))
    return Offered(int(str(row["id"])), found)


def _weighed(tx: Tx, person: Person, belongings: Belongings, now: datetime) -> Summary | Refused:
    fresh = _is_fresh(tx, person, belongings)
    named = zone_named((fresh and belongings.settings and belongings.settings.zone) or "")
    if person.zone is None and named is None and _has_days(belongings):
        return NeedsZone()
    found = additions(tx, person, belongings, now, fresh=False)
    settings = fresh and belongings.settings != wishes_of(tx, person.id)
    return _no_room(tx, person, found) or _summary(found, settings=settings)


def _is_fresh(tx: Tx, person: Person, belongings: Belongings) -> bool:
    """Whether the settings of the file count: they come with it, and nothing hangs on ours."""
    count = sa.select(sa.func.count()).where(commitments.c.person_id == person.id)
    return belongings.settings is not None and not tx.scalar(count)


def _has_days(belongings: Belongings) -> bool:
    return belongings.settings is None or any(
        each.occasions or each.check_ins for each in belongings.commitments
    )


def _no_room(tx: Tx, person: Person, found: list[Addition]) -> NoRoom | None:
    new = [each.kept for each in found if each.commitment_id is None]
    kept = [each for each in new if each.state != State.ARCHIVED.value]
    would_be = len(commitments_of(tx, person.id)) + len(kept)
    if kept and would_be > MOST_COMMITMENTS:
        return NoRoom(MOST_COMMITMENTS, would_be)
    in_all = len(commitments_of(tx, person.id, *State)) + len(new)
    return NoRoom(MOST_KEPT, in_all) if new and in_all > MOST_KEPT else None


def _summary(found: list[Addition], *, settings: bool) -> Summary | NothingNew:
    new = [each.kept for each in found if each.commitment_id is None]
    if not found and not settings:
        return NothingNew()
    return Summary(
        new=tuple(each.title for each in new),
        paused=sum(each.state == State.PAUSED.value for each in new),
        check_ins=sum(len(each.check_ins) for each in found),
        of_known=sum(len(each.check_ins) for each in found if each.commitment_id is not None),
        rests=sum(len(each.rests) for each in found),
        settings=settings,
    )


def take_in(tx: Tx, person: Person, import_id: int, now: datetime) -> TakenIn | Refused | NotThere:
    """Put in all that the file adds; a second tap finds it done."""
    row = _row(tx, person, import_id, now)
    if row is None:
        return NotThere()
    if row.added is not None:
        return TakenIn(import_id, _stored(row.added["summary"]))
    belongings = Belongings.model_validate_json(json.dumps(row.content))
    found = _weighed(tx, person, belongings, now)
    if not isinstance(found, Summary):
        return found
    added, before = Added(), wishes_of(tx, person.id)
    fresh = _is_fresh(tx, person, belongings)
    if fresh and belongings.settings is not None:
        set_wishes(tx, person.id, _with_zone(belongings.settings, before))
    there = person_of(tx, person.id) or person
    for addition in additions(tx, there, belongings, now, fresh=fresh):
        put(tx, there, addition, now, added)
    told = asdict(added) | {
        "summary": asdict(found),
        "settings": before.model_dump(mode="json") if found.settings else None,
    }
    _note(tx, person, import_id, told)
    return TakenIn(import_id, found)


def _with_zone(wishes: Wishes, before: Wishes) -> Wishes:
    """A file without a zone leaves the person where they are."""
    if wishes.zone is not None:
        return wishes
    here = {"zone": before.zone, "week_beginnings": before.week_beginnings}
    return wishes.model_copy(update=here)


def _row(tx: Tx, person: Person, import_id: int, now: datetime) -> Any:
    return tx.execute(
        sa.select(imports).where(
            imports.c.id == import_id,
            imports.c.person_id == person.id,
            imports.c.made_at > now - GOOD_FOR,
        )
    ).one_or_none()


def _stored(summary: dict[str, Any]) -> Summary:
    return Summary(**(summary | {"new": tuple(summary["new"])}))


def _note(tx: Tx, person: Person, import_id: int, added: dict[str, Any]) -> None:
    """What undoing needs; what the file held is not needed any more."""
    tx.execute(
        sa.update(imports)
        .where(imports.c.id == import_id, imports.c.person_id == person.id)
        .values(added=added, content=None)
    )


def leave(tx: Tx, person: Person, import_id: int) -> None:
    """Let a file that waits go."""
    mine = sa.and_(imports.c.id == import_id, imports.c.person_id == person.id)
    tx.execute(sa.delete(imports).where(mine, imports.c.added.is_(None)))


@dataclass(frozen=True, slots=True)
class Undone:
    """All that the file added is gone again."""


def undo(tx: Tx, person: Person, import_id: int, now: datetime) -> Undone | NotThere:
    """Take out what an import put in, with whatever was added to its commitments since."""
    row = _row(tx, person, import_id, now)
    if row is None or row.added is None:
        return NotThere()
    added = row.added
    for table, name in ((commitments, "commitments"), (check_ins, "check_ins"), (ways, "ways")):
        _remove(tx, table, person, added[name])
    _unanswer(tx, person, added["answered"])
    for commitment_id, week in added["rests"]:
        _wake_week(tx, person, commitment_id, date.fromisoformat(week))
    if added["settings"] is not None and not commitments_of(tx, person.id, *State):
        set_wishes(tx, person.id, Wishes.model_validate_json(json.dumps(added["settings"])))
    there = person_of(tx, person.id) or person
    for each in commitments_of(tx, there.id):
        reminders.align(tx, there, each, now)
    tx.execute(
        sa.delete(imports).where(imports.c.id == import_id, imports.c.person_id == person.id)
    )
    return Undone()


AT_ONCE = 500
"""Ids in one statement; the databases bind only so many values."""


def _remove(tx: Tx, table: sa.Table, person: Person, ids: list[int]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        tx.execute(sa.delete(table).where(table.c.person_id == person.id, table.c.id.in_(some)))


def _unanswer(tx: Tx, person: Person, ids: list[int]) -> None:
    for occasion_id in ids:
        tx.execute(
            sa.update(occasions)
            .where(occasions.c.id == occasion_id, occasions.c.person_id == person.id)
            .values(answer=None, answered_at=None)
        )


def _wake_week(tx: Tx, person: Person, commitment_id: int, week: date) -> None:
    tx.execute(
        sa.delete(rests).where(
            rests.c.commitment_id == commitment_id,
            rests.c.person_id == person.id,
            rests.c.week == week,
        )
    )


def forget_old(tx: Tx, now: datetime) -> None:
    """Files that nobody took in, and undos that nobody asked for, go after a day."""
    tx.execute(sa.delete(imports).where(imports.c.made_at <= now - GOOD_FOR))
