"""The house without its doors: people, commitments, and messages claimed and settled by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits import commitments, occasions, people, sending, settling
from habits.outcomes import Outcome, Sent
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import SATURDAY, Part, Schedule
from habits.sending import LEASE, Owed
from habits.settling import Settlement
from habits.storage.database import Database, Tx
from habits.storage.rows import person_of
from habits.storage.tables import deliveries, send_budget
from habits.storage.tables import occasions as occasion_rows
from habits.storage.tables import people as people_rows

BERLIN = ZoneInfo("Europe/Berlin")
ANNA, BEN, CARA = 1001, 1002, 1003


def berlin(local: str) -> datetime:
    """The instant of a local time in Berlin, "2026-11-28 14:00"."""
    return datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(UTC)


MONDAY = berlin("2026-11-23 09:00")
"""Where these stories begin: in the morning, nothing due yet this week."""
GO = berlin("2026-11-28 14:00")
"""That week's Saturday afternoon."""


@dataclass
class House:
    """A database and what time it is in it."""

    database: Database
    now: datetime = MONDAY
    message_ids: list[int] = field(default_factory=lambda: [0])

    async def rows(self, query: "sa.Select[Any]") -> Sequence[Any]:
        """What a query finds."""

        def look(tx: Tx) -> Sequence[Any]:
            return tx.execute(query).all()

        return await self.database.read(look)

    async def database_clock_moves(self, seconds: float) -> None:
        """On PostgreSQL the bot's pause is counted on the database's clock: let time go by."""
        if self.database.is_sqlite:
            self.now += timedelta(seconds=seconds)
            return
        [row] = await self.rows(sa.select(send_budget))
        earlier = row.paused_until - timedelta(seconds=seconds)
        await self.change(sa.update(send_budget).values(paused_until=earlier))

    async def change(self, statement: "sa.Executable") -> None:
        """Change rows directly, for what no use case would do."""

        def do(tx: Tx) -> None:
            tx.execute(statement)

        await self.database.write(do)

    async def person(self, person_id: int = ANNA, zone: ZoneInfo = BERLIN) -> Person:
        """Somebody whose zone is known."""

        def move_in(tx: Tx) -> Person:
            person = people.meet(tx, person_id, f"Person {person_id}", "en", self.now).person
            return people.set_zone(tx, person, zone, self.now)

        return await self.database.write(move_in)

    async def again(self, person: Person) -> Person:
        """The person as they stand now."""
        found = await self.database.read(person_of, person.id)
        assert found is not None
        return found

    async def commitment(
        self,
        person: Person,
        title: str = "Film",
        *,
        days: tuple[int, ...] = (SATURDAY,),
        at: Part | time = Part.AFTERNOON,
        target: int | None = None,
        every: int = 1,
    ) -> Commitment:
        """A commitment of one way, laid out."""
        schedule = Schedule(days, at, every, target or len(days))
        made = await self.database.write(
            commitments.commit, person, title, [title], schedule, self.now
        )
        assert isinstance(made, commitments.Made)
        return made.commitment

    async def lay_out(self) -> None:
        """What the timetable does every hour."""
        while await self.database.write(occasions.lay_out_due, self.now, 500) == 500:
            pass

    async def claim(self, limit: int = 100) -> list[Owed]:
        """Claim what is due now."""
        return await self.database.write(sending.claim, self.now, limit)

    async def claim_one(self) -> Owed:
        """Claim the only message that is due now."""
        [owed] = await self.claim()
        return owed

    async def settle(self, owed: Owed, outcome: Outcome, at: datetime | None = None) -> None:
        """Settle one claimed message."""
        await self.database.write(settling.settle, [Settlement(owed, outcome, at or self.now)])

    async def send(self, owed: Owed) -> None:
        """Telegram takes it."""
        self.message_ids[0] += 1
        await self.settle(owed, Sent(self.message_ids[0]))

    async def send_due(self) -> list[Owed]:
        """Send whatever is due now, as the loop would: chat after chat, until nothing is left."""
        sent = []
        while claimed := await self.claim():
            for owed in claimed:
                await self.send(owed)
            sent += claimed
            await self.let_chats_rest()
        return sent

    async def let_chats_rest(self) -> None:
        """As if every pause in a chat were over."""
        rested = people_rows.c.next_send_at - LEASE
        await self.change(sa.update(people_rows).values(next_send_at=rested))

    async def pass_time(self, until: datetime, step: timedelta = timedelta(minutes=30)) -> None:
        """Let the hours go by, with everything that happens in them except answers."""
        from habits import weeks  # noqa: PLC0415

        while self.now < until:
            self.now = min(until, self.now + step)
            await self.lay_out()
            await self.database.write(weeks.settle_due, self.now, 500)
            await self.send_due()

    async def delivery(self, owed_or_id: Owed | int) -> Any:
        """What a message's row says now."""
        wanted = owed_or_id if isinstance(owed_or_id, int) else owed_or_id.id
        [row] = await self.rows(sa.select(deliveries).where(deliveries.c.id == wanted))
        return row

    async def deliveries(self, kind: str | None = None, person: Person | None = None) -> list[Any]:
        """The messages owed, by when they are due."""
        query = sa.select(deliveries).order_by(deliveries.c.due_at, deliveries.c.id)
        if kind is not None:
            query = query.where(deliveries.c.kind == kind)
        if person is not None:
            query = query.where(deliveries.c.person_id == person.id)
        return list(await self.rows(query))

    async def occasions(self, commitment: Commitment | None = None) -> list[Any]:
        """The occasions that are laid out, by day."""
        query = sa.select(occasion_rows).order_by(occasion_rows.c.go_at)
        if commitment is not None:
            query = query.where(occasion_rows.c.commitment_id == commitment.id)
        return list(await self.rows(query))
