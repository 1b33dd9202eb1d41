"""One person with one commitment in a database in memory, and a clock that the test moves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits import commitments, edits, occasions, people
from habits.edits import Changed
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import Part, Schedule
from habits.storage.database import Tx, sqlite_engine
from habits.storage.rows import commitment_of, person_of
from habits.storage.tables import check_ins as check_in_rows
from habits.storage.tables import deliveries, metadata
from habits.storage.tables import occasions as occasion_rows

BERLIN = ZoneInfo("Europe/Berlin")
ANNA = 1001
DAY = timedelta(days=1)
SATURDAY = Schedule((6,), Part.AFTERNOON)


def empty_database() -> sa.Engine:
    """A database of its own, in memory, with our tables."""
    engine = sqlite_engine(sa.URL.create("sqlite"), "BEGIN")
    metadata.create_all(engine)
    return engine


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass
class House:
    """One person with one commitment, and a clock that the test moves."""

    tx: Tx
    now: datetime
    id: int = 0

    @property
    def person(self) -> Person:
        found = person_of(self.tx, ANNA)
        assert found is not None
        return found

    @property
    def commitment(self) -> Commitment:
        found = commitment_of(self.tx, ANNA, self.id)
        assert found is not None
        return found

    def begin(self, schedule: Schedule, zone: ZoneInfo = BERLIN) -> None:
        people.meet(self.tx, ANNA, "Anna", "en", self.now)
        people.set_zone(self.tx, self.person, zone, self.now)
        made = commitments.commit(
            self.tx, self.person, "Film", ["A film", "A book"], schedule, self.now
        )
        assert isinstance(made, commitments.Made)
        self.id = made.commitment.id

    def edit(self, **wish: Any) -> Changed:
        changed = edits.edit(self.tx, self.person, self.id, self.now, **wish)
        assert isinstance(changed, Changed), changed
        return changed

    def go_on(self, until: datetime, *, sends: bool = True) -> None:
        """Let the time pass: reminders leave, weeks are laid out."""
        while self.now < until:
            self.now = min(until, self.now + timedelta(hours=6))
            while occasions.lay_out_due(self.tx, self.now, 500) == 500:
                pass
            if sends:
                self.send()

    def send(self) -> None:
        due = sa.and_(deliveries.c.state == "pending", deliveries.c.due_at <= self.now)
        self.tx.execute(
            sa.update(deliveries).where(due).values(state="sent", sent_at=deliveries.c.due_at)
        )

    def rows(self) -> list[Any]:
        mine = occasion_rows.c.commitment_id == self.id
        query = sa.select(occasion_rows).where(mine).order_by(occasion_rows.c.day)
        return list(self.tx.execute(query).all())

    def days(self) -> list[str]:
        """The days laid out, as 11-28."""
        return [f"{row.day:%m-%d}" for row in self.rows()]

    def row(self, day: str) -> Any:
        return next(row for row in self.rows() if f"{row.day:%m-%d}" == day)

    def touches(self, kind: str = "go") -> list[Any]:
        query = (
            sa.select(deliveries, occasion_rows.c.day, occasion_rows.c.commitment_id)
            .join(occasion_rows, occasion_rows.c.id == deliveries.c.occasion_id)
            .where(occasion_rows.c.commitment_id == self.id, deliveries.c.kind == kind)
        )
        return list(self.tx.execute(query.order_by(occasion_rows.c.day)).all())

    def done(self) -> int:
        week = self.person.week_of(self.now.astimezone(self.person.zone).date()).first
        counted = sa.select(sa.func.count()).where(
            check_in_rows.c.commitment_id == self.id, check_in_rows.c.week == week
        )
        return self.tx.scalar(counted) or 0
