"""Whom we talk to: meeting them, their zone, week, times and wishes, and forgetting them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits import ledger, reminders, touches
from habits.occasions import lay_out_again, move
from habits.rules.commitment import State
from habits.rules.person import EVER_SINCE, Person, Pictures, Quiet
from habits.rules.schedule import Part, Parts
from habits.rules.touch import FOLLOW_UP, PLAN
from habits.rules.week import Beginning, change_beginning
from habits.rules.zone import first_weekday, local_day
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import YES, commitments_of, people_of, person_of
from habits.storage.tables import deliveries, holidays, people, week_beginnings

PAGE = 500


@dataclass(frozen=True, slots=True)
class Met:
    """A person at the door. back: they were out of reach and have come back."""

    person: Person
    back: bool = False


def meet(tx: Tx, person_id: int, name: str, language: str, now: datetime) -> Met:
    """Greet whoever writes: make their row at first, note that they are there afterwards."""
    known = person_of(tx, person_id)
    if known is None:
        tx.execute(sa.insert(people).values(_newcomer(person_id, name, language, now)))
        return Met(Person(person_id, name, language))
    tx.execute(
        sa.update(people)
        .where(people.c.id == person_id)
        .values(name=name, seen_at=now, reachable=YES)
    )
    if known.reachable:
        return Met(replace(known, name=name))
    person = replace(known, name=name, reachable=True)
    _align_all(tx, person, now)
    return Met(person, back=True)


def _newcomer(person_id: int, name: str, language: str, now: datetime) -> dict[str, Any]:
    parts, quiet = Parts(), Quiet()
    return {
        "id": person_id,
        "name": name,
        "language": language,
        "zone": None,
        "morning": parts.morning,
        "afternoon": parts.afternoon,
        "evening": parts.evening,
        "quiet_from": quiet.since,
        "quiet_until": quiet.until,
        "asks_plan": False,
        "asks_follow_up": True,
        "shows_numbers": True,
        "pictures": Pictures.LIGHT.value,
        "wants_card": True,
        "asks_tension": False,
        "asks_facets": False,
        "card_month": "",
        "first_weekday": None,
        "reachable": YES,
        "paused_until": None,
        "next_send_at": 0.0,
        "made_at": now,
        "seen_at": now,
    }


def out_of_reach(tx: Tx, person_id: int, why: str, now: datetime) -> None:
    """They blocked us, or are gone: everything owed to them is cancelled, their rules stay."""
    tx.execute(
        sa.update(people)
        .where(people.c.id == person_id, people.c.reachable == YES)
        .values(seen_at=now)  # their year begins now, however long ago we saw them
    )
    tx.execute(sa.update(people).where(people.c.id == person_id).values(reachable=why))
    ledger.cancel(tx, deliveries.c.person_id == person_id, reminders.BLOCKED)
    person = person_of(tx, person_id)
    if person is not None:
        _align_all(tx, person, now)


def set_zone(tx: Tx, person: Person, zone: ZoneInfo, now: datetime) -> Person:
    """Move a person to a zone; clock times are kept, weeks may begin on another day from then."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values(zone=zone.key))
    moved = replace(person, zone=zone)
    if person.zone is None:
        moved = _first_weeks(tx, moved)
    for commitment in commitments_of(tx, moved.id, State.ACTIVE):
        if person.zone is None:
            lay_out_again(tx, moved, replace(commitment, begins_at=now), now)
        else:
            move(tx, moved, commitment, now)
    return moved if person.zone is None else _begin_weeks(tx, moved, now)


def _first_weeks(tx: Tx, person: Person) -> Person:
    """The first beginning of a person's weeks; it holds for all time before as well."""
    assert person.zone is not None
    beginning = Beginning(EVER_SINCE, person.first_weekday or first_weekday(person.zone))
    return _store_weeks(tx, person, (beginning,))


def _store_weeks(tx: Tx, person: Person, beginnings: tuple[Beginning, ...]) -> Person:
    tx.execute(sa.delete(week_beginnings).where(week_beginnings.c.person_id == person.id))
    rows = [
        {"person_id": person.id, "since": beginning.since, "weekday": beginning.weekday}
        for beginning in beginnings
    ]
    tx.execute(sa.insert(week_beginnings), rows)
    return replace(person, beginnings=beginnings)


def _begin_weeks(tx: Tx, person: Person, now: datetime) -> Person:
    """Let weeks begin where the zone or the person's wish says, from the next week on."""
    assert person.zone is not None
    weekday = person.first_weekday or first_weekday(person.zone)
    today = local_day(now, person.zone)
    beginnings = tuple(change_beginning(person.beginnings, weekday, today))
    if beginnings == tuple(person.beginnings):
        return person
    changed = _store_weeks(tx, person, beginnings)
    for commitment in commitments_of(tx, person.id, State.ACTIVE):
        lay_out_again(tx, changed, commitment, now)
    return changed


def set_first_weekday(tx: Tx, person: Person, weekday: int | None, now: datetime) -> Person:
    """Let weeks begin on an ISO weekday, or (None) as in the person's territory."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values(first_weekday=weekday))
    changed = replace(person, first_weekday=weekday)
    return changed if person.zone is None else _begin_weeks(tx, changed, now)


def set_part(tx: Tx, person: Person, part: Part, at: time, now: datetime) -> Person:
    """Move when a part of the day begins; reminders that name it move along."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values({part.value: at}))
    changed = replace(person, parts=replace(person.parts, **{part.value: at}))
    if changed.zone is not None:
        for commitment in commitments_of(tx, person.id, State.ACTIVE):
            if commitment.schedule.at is part:
                move(tx, changed, commitment, now)
    return changed


def set_quiet(tx: Tx, person: Person, quiet: Quiet, now: datetime) -> Person:
    """Change the quiet hours; touches that wait already keep to them as well."""
    tx.execute(
        sa.update(people)
        .where(people.c.id == person.id)
        .values(quiet_from=quiet.since, quiet_until=quiet.until)
    )
    changed = replace(person, quiet=quiet)
    if changed.zone is not None:
        touches.keep_quiet(tx, changed, now)
    return changed


def set_touches(
    tx: Tx,
    person: Person,
    now: datetime,
    *,
    plan: bool | None = None,
    follow_up: bool | None = None,
) -> Person:
    """Switch the touches beside the `go` on or off."""
    changed = replace(
        person,
        asks_plan=person.asks_plan if plan is None else plan,
        asks_follow_up=person.asks_follow_up if follow_up is None else follow_up,
    )
    tx.execute(
        sa.update(people)
        .where(people.c.id == person.id)
        .values(asks_plan=changed.asks_plan, asks_follow_up=changed.asks_follow_up)
    )
    if changed.zone is not None:
        touches.wish(tx, changed, PLAN, now, wanted=changed.asks_plan)
        touches.wish(tx, changed, FOLLOW_UP, now, wanted=changed.asks_follow_up)
        for commitment in commitments_of(tx, person.id, State.ACTIVE):
            move(tx, changed, commitment, now)  # a week settles after its last touch
    return changed


def set_numbers(tx: Tx, person: Person, *, shown: bool) -> Person:
    """Show numbers, or keep to *Just fun*."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values(shows_numbers=shown))
    return replace(person, shows_numbers=shown)


def set_pictures(tx: Tx, person: Person, pictures: Pictures) -> Person:
    """Light pictures, dark ones, or the same in words."""
    changed = sa.update(people).where(people.c.id == person.id)
    tx.execute(changed.values(pictures=pictures.value))
    return replace(person, pictures=pictures)


def set_language(tx: Tx, person: Person, language: str) -> Person:
    """Speak another language with the person."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values(language=language))
    return replace(person, language=language)


@dataclass(frozen=True, slots=True)
class Away:
    """Everything rests until a day (not including it). before: until when it rested already."""

    person: Person
    until: date
    before: date | None = None


def rest_until(tx: Tx, person: Person, until: date, now: datetime) -> Away:
    """Rest with everything from today until a date; a rest that is on is moved to end there."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    current = tx.execute(
        sa.select(holidays.c.id, holidays.c.until)
        .where(
            holidays.c.person_id == person.id,
            holidays.c.first <= today,
            holidays.c.until > today,
        )
        .order_by(holidays.c.until.desc())
        .limit(1)
    ).one_or_none()
    if current is None:
        row = {"id": new_id(), "person_id": person.id, "first": today, "until": until}
        tx.execute(sa.insert(holidays).values(row))
    else:
        tx.execute(
            sa.update(holidays)
            .where(holidays.c.person_id == person.id, holidays.c.id == current.id)
            .values(until=until)
        )
    before = current.until if current is not None and current.until != until else None
    return Away(_with_holidays(tx, person, now), until, before)


def end_rest(tx: Tx, person: Person, now: datetime) -> Person:
    """End whatever rest of everything is on today; the days rested so far stay rested."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    mine = holidays.c.person_id == person.id
    tx.execute(sa.delete(holidays).where(mine, holidays.c.first >= today))
    tx.execute(sa.update(holidays).where(mine, holidays.c.until > today).values(until=today))
    return _with_holidays(tx, person, now)


def _with_holidays(tx: Tx, person: Person, now: datetime) -> Person:
    changed = people_of(tx, [person.id])[person.id]
    _align_all(tx, changed, now)
    return changed


def _align_all(tx: Tx, person: Person, now: datetime) -> None:
    for commitment in commitments_of(tx, person.id):
        reminders.align(tx, person, commitment, now)


def known_since(tx: Tx, person_id: int) -> datetime | None:
    """When somebody came; None for whoever is not known."""
    since: datetime | None = tx.scalar(sa.select(people.c.made_at).where(people.c.id == person_id))
    return since


def forget(tx: Tx, person_id: int) -> bool:
    """Delete every row of a person; False if there was none. For backups: habits/erasures.py.

    The inbox holds nothing of what was handled, the update under way included. What they sent
    after it still waits: they may begin anew.
    """
    return bool(tx.execute(sa.delete(people).where(people.c.id == person_id)).rowcount)
