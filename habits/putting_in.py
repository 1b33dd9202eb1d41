"""Putting what a file adds into the tables: new ids, one person, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import ledger, reminders
from habits import occasions as laying_out
from habits.answers import DONE
from habits.belongings import CheckInKept, OccasionKept, RestKept, WayKept
from habits.commitments import columns
from habits.merging import Addition, schedule_of
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitment_of
from habits.storage.tables import check_ins, commitments, occasions, rests, ways
from habits.weeks_ahead import touches


@dataclass
class Added:
    """What was put in, so that it can be taken out again."""

    commitments: list[int] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)
    check_ins: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    rests: list[tuple[int, str]] = field(default_factory=list)


def put(tx: Tx, person: Person, addition: Addition, now: datetime, added: Added) -> None:
    """Put in what one commitment of a file adds, and note it in `added`."""
    if addition.commitment_id is None:
        commitment = _new_commitment(tx, person, addition, now)
        added.commitments.append(commitment.id)
        return
    found = commitment_of(tx, person.id, addition.commitment_id)
    assert found is not None, "it was found in this transaction"
    places = _ways_by_place(tx, found, addition.kept.ways, added)
    _add_check_ins(tx, found, addition.check_ins, places, added)
    _insert_rests(tx, found, addition.rests)
    added.rests += [(found.id, each.week.isoformat()) for each in addition.rests]
    reminders.align(tx, person, found, now)


def _new_commitment(tx: Tx, person: Person, addition: Addition, now: datetime) -> Commitment:
    kept = addition.kept
    commitment = Commitment(
        id=new_id(),
        person_id=person.id,
        title=kept.title,
        schedule=schedule_of(kept.schedule),
        phase=kept.schedule.phase,
        begins_at=kept.begins_at,
        laid_until=kept.laid_until,
        made_at=kept.made_at,
        cue=kept.cue,
        state=State(kept.state),
        silent_since=kept.silent_since,
        fades_from=kept.fades_from,
    )
    tx.execute(sa.insert(commitments).values(columns(commitment, now)))
    places = dict(enumerate(_insert_ways(tx, commitment, kept.ways)))
    turns = _insert_occasions(tx, person, commitment, kept.occasions, places, now)
    _insert_check_ins(tx, commitment, addition.check_ins, places, turns)
    _insert_rests(tx, commitment, addition.rests)
    whole = commitment_of(tx, person.id, commitment.id) or commitment
    if kept.begins_at == now:
        laying_out.lay_out(tx, person, whole, now)
    reminders.align(tx, person, whole, now)
    return whole


def _of(commitment: Commitment) -> dict[str, int]:
    return {"person_id": commitment.person_id, "commitment_id": commitment.id}


def _insert_ways(
    tx: Tx, commitment: Commitment, kept: Sequence[WayKept], first: int = 0
) -> list[int]:
    rows = [
        {"id": new_id(), **_of(commitment), "position": place, **each.model_dump()}
        for place, each in enumerate(kept, start=first)
    ]
    if rows:
        tx.execute(sa.insert(ways), rows)
    return [int(str(row["id"])) for row in rows]


def _ways_by_place(
    tx: Tx, commitment: Commitment, kept: Sequence[WayKept], added: Added
) -> dict[int, int]:
    """Which way here is meant by each place in the file; one that is not here comes retired."""
    here = {way.title.casefold(): way.id for way in commitment.ways}
    new = [each for each in kept if each.title.casefold() not in here]
    retired = [each.model_copy(update={"retired": True}) for each in new]
    made = _insert_ways(tx, commitment, retired, first=len(commitment.ways))
    added.ways += made
    here |= {each.title.casefold(): way_id for each, way_id in zip(new, made, strict=True)}
    return {place: here[each.title.casefold()] for place, each in enumerate(kept)}


def _insert_occasions(
    tx: Tx,
    person: Person,
    commitment: Commitment,
    kept: Sequence[OccasionKept],
    places: Mapping[int, int],
    now: datetime,
) -> dict[date, int]:
    rows = [
        {"id": new_id(), **_of(commitment)}
        | each.model_dump(exclude={"way"})
        | {"way_id": _at(places, each.way)}
        for each in kept
    ]
    if rows:
        tx.execute(sa.insert(occasions), rows)
    if person.zone is not None and commitment.state is State.ACTIVE:
        _owe(tx, person, [row for row in rows if row["go_at"] > now], now)
    return {row["day"]: int(row["id"]) for row in rows}


def _owe(tx: Tx, person: Person, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """The touches of what lies ahead, week by week."""
    owing = [
        touch
        for week in sorted({row["week"] for row in rows})
        for touch in touches(person, [row for row in rows if row["week"] == week], now)
    ]
    if owing:
        ledger.owe(tx, owing)


def _at(places: Mapping[int, int], place: int | None) -> int | None:
    return None if place is None else places[place]


def _insert_check_ins(
    tx: Tx,
    commitment: Commitment,
    kept: Sequence[CheckInKept],
    places: Mapping[int, int],
    turns: Mapping[date, int],
) -> list[int]:
    rows = [
        {"id": new_id(), **_of(commitment)}
        | each.model_dump(exclude={"way", "occasion"})
        | {
            "way_id": _at(places, each.way),
            "occasion_id": None if each.occasion is None else turns.get(each.occasion),
        }
        for each in kept
    ]
    if rows:
        tx.execute(sa.insert(check_ins), rows)
    return [int(row["id"]) for row in rows]


def _add_check_ins(
    tx: Tx,
    commitment: Commitment,
    kept: Sequence[CheckInKept],
    places: Mapping[int, int],
    added: Added,
) -> None:
    """Beside those that are there; an occasion that was answered since keeps its answer."""
    unanswered = tx.execute(
        sa.select(occasions.c.day, occasions.c.id).where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == commitment.person_id,
            occasions.c.answer.is_(None),
            ~sa.exists().where(check_ins.c.occasion_id == occasions.c.id),
        )
    )
    turns = {row.day: row.id for row in unanswered}
    added.check_ins += _insert_check_ins(tx, commitment, kept, places, turns)
    for each in kept:
        if each.occasion in turns:
            tx.execute(
                sa.update(occasions)
                .where(
                    occasions.c.id == turns[each.occasion],
                    occasions.c.person_id == commitment.person_id,
                )
                .values(answer=DONE, answered_at=each.made_at)
            )
            added.answered.append(turns[each.occasion])


def _insert_rests(tx: Tx, commitment: Commitment, kept: Sequence[RestKept]) -> None:
    rows = [_of(commitment) | each.model_dump() for each in kept]
    if rows:
        tx.execute(sa.insert(rests), rows)
