"""Every table. An `…_at` is an instant (aware, UTC), a `day` or `week` a local date."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from habits.storage.sealed import MARK, Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; naive ones are refused, since SQLite would lose the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[datetime | None], Any]:
        return _moment if dialect.name == "postgresql" else _moment_as_text

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        return _moment if dialect.name == "postgresql" else _moment_from_text


_TO_MICROSECONDS = len("2026-11-23 08:00:00.000000")


def _moment(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a naive moment cannot be stored: {value}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _moment_as_text(value: datetime | None) -> str | None:
    """As SQLAlchemy itself writes it, at a fifth of the time: most rows hold several."""
    moment = _moment(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:_TO_MICROSECONDS]


def _moment_from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class Day(TypeDecorator[date]):
    """A local date, written as SQLAlchemy itself writes it at a fifth of the time."""

    impl = sa.Date
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[date | None], Any] | None:
        return None if dialect.name == "postgresql" else _day_as_text


def _day_as_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


class ClockTime(TypeDecorator[time]):
    """A local clock time to the minute, kept as "18:30"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.strftime("%H:%M")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> time | None:
        return None if value is None else clock_time_from(value)


@cache
def clock_time_from(stored: str) -> time:
    """The clock time in a stored word; there are 1,440 of them."""
    return time.fromisoformat(stored)


class Words(Sealed[str]):
    """What people typed, less what no database takes: NUL, and halves of surrogate pairs."""

    cache_ok = True

    def to_text(self, value: str) -> str:
        return storable(value).lstrip(MARK)

    def from_text(self, text: str) -> str:
        return text


def storable(words: str) -> str:
    """The words without NUL, with U+FFFD for each half of a surrogate pair."""
    words = words.replace("\x00", "")
    try:
        words.encode()
    except UnicodeEncodeError:
        return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return words


def _storable_in(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_storable_in(key): _storable_in(each) for key, each in value.items()}
    return [_storable_in(each) for each in value] if isinstance(value, list | tuple) else value


class Json(Sealed[Any]):
    """A small value as JSON text; the same on both databases, and of storable words."""

    cache_ok = True

    def to_text(self, value: Any) -> str:
        return json.dumps(_storable_in(value), ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        return json.loads(text)


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def _person() -> Column[int]:
    return Column(
        "person_id", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), nullable=False
    )


def _commitment(*, nullable: bool = False) -> Column[int]:
    return Column(
        "commitment_id",
        BigInteger,
        ForeignKey("commitments.id", ondelete="CASCADE"),
        nullable=nullable,
    )


program = Table(
    "program",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    _id(),  # Telegram's user id, which is also the id of the private chat with them
    Column("name", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text),
    Column("morning", ClockTime, nullable=False),
    Column("afternoon", ClockTime, nullable=False),
    Column("evening", ClockTime, nullable=False),
    Column("quiet_from", ClockTime, nullable=False),
    Column("quiet_until", ClockTime, nullable=False),
    Column("asks_plan", Boolean, nullable=False),
    Column("asks_follow_up", Boolean, nullable=False),
    Column("shows_numbers", Boolean, nullable=False),
    Column("pictures", Text, nullable=False, server_default="light"),  # light, dark, none
    Column("first_weekday", Integer),  # chosen by the person; none: by their territory
    Column("reachable", Text, nullable=False),  # yes, blocked, gone
    Column("paused_until", Instant),  # Telegram asked us to wait with this chat
    Column("next_send_at", Float, nullable=False),  # ticks: one reminder a second in a chat
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("exported_at", Instant),  # when they last asked for everything about them
    Column("exports_since", Instant),  # since when they want it each month by itself
    Column("wants_card", Boolean, nullable=False, server_default=sa.true()),
    Column("asks_tension", Boolean, nullable=False, server_default=sa.false()),
    Column("asks_facets", Boolean, nullable=False, server_default=sa.false()),
    Column("card_month", Text, nullable=False, server_default=""),  # looked through for a card
    Index(
        "ix_people_cards",
        "card_month",
        sqlite_where=text("wants_card"),
        postgresql_where=text("wants_card"),
    ),
    Index(
        "ix_people_exports",
        "exports_since",
        sqlite_where=text("exports_since IS NOT NULL"),
        postgresql_where=text("exports_since IS NOT NULL"),
    ),
)

week_beginnings = Table(
    "week_beginnings",
    metadata,
    _person(),
    Column("since", Day, nullable=False),
    Column("weekday", Integer, nullable=False),
    sa.PrimaryKeyConstraint("person_id", "since"),
)

holidays = Table(
    "holidays",
    metadata,
    _id(),
    _person(),
    Column("first", Day, nullable=False),
    Column("until", Day, nullable=False),  # the first day that is no holiday any more
    Index("ix_holidays_person", "person_id"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

commitments = Table(
    "commitments",
    metadata,
    _id(),
    _person(),
    Column("title", Words, nullable=False),
    Column("days", Text, nullable=False),  # ISO weekdays, "135"
    Column("at", Text, nullable=False),  # "evening" or "18:15"
    Column("every", Integer, nullable=False),
    Column("target", Integer, nullable=False),
    Column("once", Boolean, nullable=False),
    Column("phase", Day, nullable=False),  # the first day of a week that is on
    Column("cue", Words),
    Column("state", Text, nullable=False),  # active, paused, archived
    Column("silent_since", Instant),
    Column("fades_from", Day),  # the first day of the first week whose reminders fade
    Column("fading_offered_at", Instant),
    Column("begins_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),  # since when unanswered weeks are counted
    Column("laid_until", Day, nullable=False),  # occasions are laid out before this day
    Column("version", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_commitments_person", "person_id"),
    Index(
        "ix_commitments_laid",
        "laid_until",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
)

ways = Table(
    "ways",
    metadata,
    _id(),
    _person(),
    _commitment(),
    Column("title", Words, nullable=False),
    Column("position", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
    Index("ix_ways_commitment", "commitment_id"),
)

occasions = Table(
    "occasions",
    metadata,
    _id(),
    _person(),
    _commitment(),
    Column("day", Day, nullable=False),
    Column("week", Day, nullable=False),
    Column("week_end", Day, nullable=False),
    Column("target", Integer, nullable=False),  # what its week asked for
    Column("due", Boolean, nullable=False),  # false: the week counts when kept, never against
    Column("go_at", Instant, nullable=False),
    Column("answer", Text),  # done, didnt
    Column("answered_at", Instant),
    Column("excuse", Text),  # late (we failed), silent, holiday
    Column("settles_at", Instant, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("moved_from", Day),  # the schedule's day, where the person chose another this time
    Column("stands_at", ClockTime),  # its own local time, where the schedule has another by now
    Column("way_id", BigInteger, ForeignKey("ways.id", ondelete="SET NULL")),  # chosen ahead
    Column("smaller", Words),  # the person's own smaller version for this time
    UniqueConstraint("commitment_id", "day", name="uq_occasions_commitment_day"),
    Index("ix_occasions_person", "person_id", "week"),
    Index(
        "ix_occasions_settles",
        "settles_at",
        sqlite_where=text("NOT settled"),
        postgresql_where=text("NOT settled"),
    ),
)

# SQLAlchemy writes a boolean for SQLite as `settled = 0`, in which it does not recognize the
# condition of a partial index: whoever looks through everybody says it in the index's words.
UNSETTLED = text("NOT occasions.settled")
WANTS_CARD = text("people.wants_card")

rests = Table(
    "rests",
    metadata,
    _person(),
    _commitment(),
    Column("week", Day, nullable=False),
    Column("made_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("commitment_id", "week"),
)

check_ins = Table(
    "check_ins",
    metadata,
    _id(),
    _person(),
    _commitment(),
    Column("occasion_id", BigInteger, ForeignKey("occasions.id", ondelete="SET NULL")),
    Column("week", Day, nullable=False),
    Column("day", Day, nullable=False),
    Column("counts", Boolean, nullable=False),  # false in a week off: for the diary only
    Column("way_id", BigInteger, ForeignKey("ways.id", ondelete="SET NULL")),
    Column("fulfilled", Boolean),
    Column("note", Words),
    Column("tension_before", Integer),  # 1 calm, 2 so so, 3 tense
    Column("tension_after", Integer),
    Column("facets", Json),  # what it was, those that they ticked
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("occasion_id", name="uq_check_ins_occasion"),
    Index("ix_check_ins_commitment", "commitment_id", "week"),
    Index("ix_check_ins_person", "person_id", "day"),
)

picks = Table(  # the ways that were proposed last, so that none comes three times in a row
    "picks",
    metadata,
    _id(),
    _person(),
    Column("way_id", BigInteger, ForeignKey("ways.id", ondelete="CASCADE"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_picks_person", "person_id"),
)

changes = Table(
    "changes",
    metadata,
    _id(),
    _person(),
    _commitment(),
    Column("before", Json, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_changes_person", "person_id"),
)

imports = Table(  # files that wait for a tap, and what undoes those that were taken in
    "imports",
    metadata,
    _id(),
    _person(),
    Column("content", Json),  # the belongings in the file, until they are taken in
    Column("added", Json),  # what was put in, once it was
    Column("made_at", Instant, nullable=False),
    Index("ix_imports_person", "person_id"),
)

feeds = Table(  # the private calendar address of a person, as the hash of its word
    "feeds",
    metadata,
    Column("person_id", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("digest", name="uq_feeds_digest"),
)

deliveries = Table(  # one row a message owed, reminder or notice, and what became of it
    "deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _person(),
    Column("occasion_id", BigInteger, ForeignKey("occasions.id", ondelete="CASCADE")),
    Column("kind", Text, nullable=False),  # plan, go, follow_up, or a notice's name
    Column("round", Integer, nullable=False),
    Column("subject", Text),  # what a notice is about, once for each person
    Column("about", Json),
    Column("due_at", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("next_attempt_at", Instant, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("resends", Integer, nullable=False),
    Column("maybe_sent", Boolean, nullable=False),
    Column("quiet", Boolean, nullable=False),  # it probably arrived: not to ring again
    Column("plain", Boolean, nullable=False),  # Telegram refused our markup: without it
    Column("lease_until", Float),  # ticks
    Column("message_id", BigInteger),
    Column("sent_at", Instant),
    UniqueConstraint("occasion_id", "kind", "round", name="uq_deliveries_occasion"),
    UniqueConstraint("person_id", "kind", "subject", name="uq_deliveries_subject"),
    Index(
        "ix_deliveries_pending",
        "next_attempt_at",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_deliveries_sending",
        "lease_until",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(  # asked for each row that is due; by the lease PostgreSQL read all of what is sending
        "ix_deliveries_under_way",
        "person_id",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index("ix_deliveries_person", "person_id"),
)

invitations = Table(  # of the word in each, the hash
    "invitations",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
)

admissions = Table(  # one row: the next newcomer's place in the queue
    "admissions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("next_at", Instant, nullable=False),
)

alarms = Table(  # when the operator was last told of each kind of trouble
    "alarms",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),
)

send_budget = Table(
    "send_budget",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("paused_until", Instant),  # Telegram asked the whole bot to wait
    Column("next_at", Float),  # ticks: from when on nobody has been given a moment to send at
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger),
    Column("body", Words),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # new, done, dead
    Column("tries", Integer, nullable=False),
    Column("not_before", Instant),
    Column("process", Text),  # whose it is to handle, where there are several
    Column("lease_until", Float),  # ticks
    Index(
        "ix_inbox_new",
        "update_id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
)

duties = Table(  # what one process does at a time, and which
    "duties",
    metadata,
    Column("duty", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("until", Float, nullable=False),  # ticks
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("began_at", Instant, primary_key=True),
    Column("ended_at", Instant, nullable=False),
)

SEALED = {
    table: [column for column in table.columns if isinstance(column.type, Sealed)]
    for table in metadata.sorted_tables
    if any(isinstance(column.type, Sealed) for column in table.columns)
}
"""The columns of people's words by their tables."""

for _column in (each for columns in SEALED.values() for each in columns):
    assert isinstance(_column.type, Sealed)
    _column.type.place = str(_column)  # a value moved to another column is then no words at all
