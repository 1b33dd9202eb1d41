"""The monthly card: at most one a month, and only where there is something new to tell.

New is what the month brought: a longest run, a comeback, a way of which something can be said at
last. Only totals and bests are told, so no number is lower than one that was told before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from habits import notices
from habits.overviews import records
from habits.rules.commitment import Commitment, State, Way
from habits.rules.fulfilment import ENOUGH
from habits.rules.person import Person
from habits.rules.streak import Standing, walk
from habits.rules.week import Record
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import YES, commitments_of, people_of
from habits.storage.tables import WANTS_CARD, check_ins, people

CARD = "card"
"""The notice that looks back on a month."""
A_RUN = 4
"""Weeks from which on a longest run is worth a message."""
EVERYWHERE = timedelta(days=1)
"""After it a month has ended in every time zone."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a month brought. bests: commitments with their longest run; total: all check-ins."""

    month: date
    bests: Sequence[tuple[Commitment, int]]
    back: Sequence[Commitment]
    known: Sequence[Way]
    total: int

    @property
    def is_new(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.bests or self.back or self.known)


def wants(tx: Tx, person: Person) -> bool:
    """Whether they want it."""
    return bool(tx.scalar(sa.select(people.c.wants_card).where(people.c.id == person.id)))


def set_wanted(tx: Tx, person: Person, *, wanted: bool) -> None:
    """Switch it on or off; one that is on its way is not sent any more."""
    tx.execute(sa.update(people).where(people.c.id == person.id).values(wants_card=wanted))


def due(tx: Tx, now: datetime, limit: int) -> list[int]:
    """The ids of some people whose last month has not been looked through."""
    query = (
        sa.select(people.c.id)
        .where(
            WANTS_CARD,
            people.c.card_month < _month(now),
            people.c.shows_numbers,
            people.c.reachable == YES,
            people.c.zone.is_not(None),
        )
        .order_by(people.c.card_month)
        .limit(limit)
    )
    return list(tx.scalars(query))


def _month(now: datetime) -> str:
    return f"{now - EVERYWHERE:%Y-%m}"


def owe_due(tx: Tx, now: datetime, limit: int, only: int | None = None) -> int:
    """Look through some people's last month, and owe those a card who have news; gives how many.

    only: the person to whom this is confined.
    """
    month = _month(now)
    found = due(tx, now, limit) if only is None else [only]
    about = _month_before((now - EVERYWHERE).date())
    news = [
        person.id
        for person in people_of(tx, found).values()
        if person.zone is not None
        and not _on_holiday(person, now)
        and card_of(tx, person, about, now).is_new
    ]
    notices.owe(tx, news, CARD, month, now, {"month": about.isoformat()})
    tx.execute(sa.update(people).where(people.c.id.in_(found)).values(card_month=month))
    return len(news)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _on_holiday(person: Person, now: datetime) -> bool:
    return person.zone is not None and person.on_holiday(local_day(now, person.zone))


def due_card(tx: Tx, person: Person, month: date, now: datetime) -> Card | None:
    """The card as it is sent; None where it is not wanted any more, or says nothing by now."""
    if not wants(tx, person) or not person.shows_numbers:
        return None
    card = card_of(tx, person, month, now)
    return card if card.is_new else None


def card_of(tx: Tx, person: Person, month: date, now: datetime) -> Card:
    """What the month that begins on a day brought; silent and paused commitments rest here too."""
    ends = (month + timedelta(days=31)).replace(day=1)
    bests, back = [], []
    spoken = [
        each
        for each in commitments_of(tx, person.id)
        if each.silent_since is None and each.state is State.ACTIVE
    ]
    for each in spoken:
        weeks = records(tx, person, each, now)
        if _best(weeks, month) < _best(weeks, ends) >= A_RUN:
            bests.append((each, walk(weeks).best))
        if _came_back(weeks, month, ends):
            back.append(each)
    known = _known(tx, person, month, ends)
    ways = [way for each in spoken for way in each.open_ways if way.id in known]
    mine = check_ins.c.person_id == person.id
    total = tx.scalars(sa.select(sa.func.count()).select_from(check_ins).where(mine)).one()
    return Card(month, bests, back, ways, total)


def _best(weeks: Sequence[Record], until: date) -> int:
    return walk(each for each in weeks if each.week.end <= until).best


def _came_back(weeks: Sequence[Record], month: date, ends: date) -> bool:
    return any(
        each.standing is Standing.COMEBACK and month < each.record.week.end <= ends
        for each in walk(weeks).weeks
    )


def _known(tx: Tx, person: Person, month: date, ends: date) -> set[int]:
    """The ways whose fourth answer fell into the month."""
    before = sa.func.sum(sa.case((check_ins.c.day < month, 1), else_=0))
    rows = tx.execute(
        sa.select(check_ins.c.way_id)
        .where(
            check_ins.c.person_id == person.id,
            check_ins.c.way_id.is_not(None),
            check_ins.c.fulfilled.is_not(None),
            check_ins.c.day < ends,
        )
        .group_by(check_ins.c.way_id)
        .having(before < ENOUGH, sa.func.count() >= ENOUGH)
    )
    return {row.way_id for row in rows}
