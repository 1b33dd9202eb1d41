"""A life with a row of every kind in it, all its words carrying one that can be looked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from bot.draft import Draft, to_json
from bot.drafting import mark_of
from bot.phrases import Change
from habits import (
    answers,
    check_ins,
    commitments,
    conversations,
    corrections,
    diary,
    edits,
    feeds,
    lapses,
    taking_in,
    unwinding,
)
from habits.check_ins import Recorded
from habits.commitments import Made
from habits.conversations import Conversation
from habits.corrections import Cleared
from habits.diary import Edited
from habits.edits import Changed
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import FRIDAY, SATURDAY, WEDNESDAY, Part, Schedule
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import person_of
from habits.storage.tables import holidays, inbox, metadata, occasions
from habits.taking_in import Offered
from tests.belongings import belongings, commitment

Ids = dict[str, int]
Rows = dict[str, list[dict[str, Any]]]

PERSONAL = [
    table
    for table in metadata.sorted_tables
    if table.name == "people" or ("person_id" in table.columns and table is not inbox)
]
"""Every table with rows of a person. What waits to be handled goes as it is handled."""


@dataclass
class Life:
    """The person it belongs to, how it is laid down, and the ids of what is in it."""

    tx: Tx
    person: Person
    word: str
    now: datetime
    ids: Ids

    def takes(self, title: str, ways: list[str], day: int) -> Commitment:
        """A commitment with its ways, and a cue."""
        schedule = Schedule((day,), Part.EVENING, 1, 1)
        named = [f"{self.word} {way}" for way in ways]
        cue = f"After {self.word}"
        made = commitments.commit(
            self.tx, self.person, f"{self.word} {title}", named, schedule, self.now, cue=cue
        )
        assert isinstance(made, Made)
        return made.commitment

    def did(self, kept: Commitment, weeks_ago: int, note: str | None = None) -> int:
        """A check-in of a past week, with the first way and perhaps a note."""
        recorded = check_ins.fill_in(self.tx, self.person, kept.id, self.week(weeks_ago), self.now)
        assert isinstance(recorded, Recorded)
        number = recorded.check_in.id
        check_ins.set_way(self.tx, self.person, number, kept.ways[0].id)
        check_ins.set_fulfilled(self.tx, self.person, number, fulfilled=True)
        if note:
            check_ins.set_note(self.tx, self.person, number, f"{self.word} {note}")
        return number

    def week(self, ago: int) -> date:
        """The first day of a past week."""
        return self.person.week_of(self.now.date() - timedelta(weeks=ago)).first

    def turn(self, kept: Commitment) -> int:
        """Its occasion of this week."""
        of_week = sa.select(occasions.c.id).where(
            occasions.c.person_id == self.person.id,
            occasions.c.commitment_id == kept.id,
            occasions.c.week == self.week(0),
        )
        found = self.tx.scalar(of_week)
        assert isinstance(found, int)
        return found


def lay_down(tx: Tx, person_id: int, word: str, now: datetime) -> Ids:
    """Live it, through the use cases; gives the ids of what came of it."""
    person = person_of(tx, person_id)
    assert person is not None
    life = Life(tx, person, word, now, {"person": person_id})
    _paused(life)
    _film(life)
    _tea(life)
    _taken_in(life)
    _asked(life)
    feeds.make(tx, person, now)
    unwinding.pick_for(tx, person, Random(1), now)
    past = [now.date() - timedelta(days=days) for days in (90, 83)]
    row = {"id": new_id(), "person_id": person_id, "first": past[0], "until": past[1]}
    tx.execute(sa.insert(holidays).values(row))
    return life.ids


def _paused(life: Life) -> None:
    life.takes("walk", ["walk"], FRIDAY)
    [paused] = lapses.pause_all(life.tx, life.person, life.now)
    assert paused.change_id is not None
    life.ids["pausing"] = paused.change_id


def _film(life: Life) -> None:
    """Two ways and one that is offered no longer; weeks kept, a note, an entry changed."""
    kept = life.takes("film", ["film", "book", "radio"], SATURDAY)
    life.ids |= {"commitment": kept.id, "turn": life.turn(kept)}
    life.ids |= {"way": kept.ways[0].id, "old_way": kept.ways[2].id}
    commitments.retire_way(life.tx, life.person, kept.id, kept.ways[2].id)
    life.ids["entry"] = life.did(kept, 1, "with popcorn")
    life.did(kept, 2)
    edited = diary.set_fulfilled(life.tx, life.person, life.did(kept, 3), False, life.now)
    assert isinstance(edited, Edited)
    assert edited.change_id is not None
    life.ids["entry_change"] = edited.change_id
    changed = edits.edit(life.tx, life.person, kept.id, life.now, title=f"{life.word} evening film")
    assert isinstance(changed, Changed)
    assert changed.change_id is not None
    life.ids |= {"change": changed.change_id, "version": changed.commitment.version}


def _tea(life: Life) -> None:
    """A turn that was said no to, a week of rest, an entry taken out, a week cleared."""
    kept = life.takes("tea", ["tea"], WEDNESDAY)
    life.ids |= {"answered": life.turn(kept), "other": kept.id}
    answers.not_this_time(life.tx, life.person, life.ids["answered"], life.now)
    answers.rest(life.tx, life.person, kept.id, life.week(1), life.now)
    life.ids["out"] = life.did(kept, 2)
    taken = corrections.take_out(life.tx, life.person, life.ids["out"], life.now)
    life.did(kept, 3)
    cleared = corrections.clear(life.tx, life.person, kept.id, life.week(3), life.now)
    for name, outcome in (("taking_out", taken), ("clearing", cleared)):
        assert isinstance(outcome, Cleared)
        assert outcome.change_id is not None
        life.ids[name] = outcome.change_id


def _taken_in(life: Life) -> None:
    """A file that was taken in, and another that waits for its tap."""
    for name, made_at in (("imported", "2026-01-01T09:00:00Z"), ("import", "2026-01-02T09:00:00Z")):
        called = f"{life.word} piano"
        file = belongings(commitment(called, ways=[called], made_at=made_at))
        offered = taking_in.offer(life.tx, life.person, file, life.now)
        assert isinstance(offered, Offered)
        life.ids[name] = offered.import_id
        if name == "imported":
            taking_in.take_in(life.tx, life.person, offered.import_id, life.now)


def _asked(life: Life) -> None:
    """A commitment on its way, of which only the last tap is missing."""
    way = f"{life.word} yoga"
    draft = Draft(way, (way,), (way,), Change((7,), Part.EVENING))
    life.ids |= {"draft": draft.id, "revision": draft.revision, "mark": mark_of(way)}
    waiting = Conversation("draft", {"draft": to_json(draft)})
    conversations.keep(life.tx, life.person.id, waiting, life.now)


def rows_of(tx: Tx, person_id: int) -> Rows:
    """Every row of somebody's, by the name of its table."""
    found: Rows = {}
    for table in PERSONAL:
        column = table.c.id if table.name == "people" else table.c.person_id
        rows = tx.execute(sa.select(table).where(column == person_id).order_by(*table.primary_key))
        found[table.name] = [dict(row._mapping) for row in rows]
    return found


def put_back(tx: Tx, person_id: int, rows: Rows) -> None:
    """Let somebody's rows be as they were."""
    people = metadata.tables["people"]
    tx.execute(sa.delete(people).where(people.c.id == person_id))
    for table in PERSONAL:
        if rows[table.name]:
            tx.execute(sa.insert(table), rows[table.name])
