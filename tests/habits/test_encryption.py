"""People's words at rest: encrypted in every column, bound to it, and brought under a new key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from habits import encryption, inbox, people
from habits.encryption import Reach
from habits.inbox import Arrived
from habits.storage.database import Database, Tx, connect
from habits.storage.rows import person_of
from habits.storage.schema import Unusable
from habits.storage.sealed import (
    MARK,
    NOBODYS,
    Keyring,
    NoKeys,
    Sealed,
    Unreadable,
    keyring,
    new_key,
)
from habits.storage.tables import SEALED, ClockTime, metadata, program
from tests.conftest import on_postgresql
from tests.house import ANNA, House
from tests.process import eventually

OLD, NEW = new_key(), new_key()
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MARKED = "Xylophone"

NOBODYS_WORDS = {
    "program": "what the program notes about itself",
    "heartbeats": "names of parts of the program",
    "alarms.kind": "one of our words",
    "duties": "names of duties and of processes",
    "people.language": "a code that Telegram knows",
    "people.zone": "a name of the time zone database",
    "people.pictures": "one of our words",
    "people.card_month": "a month",
    "people.reachable": "one of our words",
    "conversations.step": "one of our words",
    "commitments.days": "numbers of weekdays",
    "commitments.at": "a part of the day or a clock time",
    "commitments.state": "one of our words",
    "occasions.answer": "one of our words",
    "occasions.excuse": "one of our words",
    "feeds.digest": "a hash",
    "invitations.digest": "a hash",
    "deliveries.kind": "one of our words",
    "deliveries.subject": "a week, a month or an instant",
    "deliveries.state": "one of our words",
    "deliveries.reason": "one of our words",
    "inbox.state": "one of our words",
    "inbox.process": "the name of a process",
}
"""Text that stays as it is, by table or column, and what is in it."""


def test_every_column_of_text_is_encrypted_or_holds_nobodys_words():
    plain = {
        str(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(getattr(column.type, "impl", column.type), sa.String)
        if not isinstance(column.type, Sealed | ClockTime)
    }
    known = {each for each in plain if {each, each.partition(".")[0]} & set(NOBODYS_WORDS)}
    assert plain - known == set(), (
        "is it people's words, which want Words or Json, or a list entry?"
    )
    tables = {each.partition(".")[0] for each in plain}
    assert [each for each in NOBODYS_WORDS if each not in plain | tables] == []


def test_every_column_of_words_knows_its_place():
    for columns in SEALED.values():
        for column in columns:
            assert isinstance(column.type, Sealed)
            assert column.type.place == str(column)


def test_what_people_write_is_among_them():
    held = {str(column) for columns in SEALED.values() for column in columns}
    assert {"people.name", "commitments.title", "commitments.cue", "ways.title"} <= held
    assert {"check_ins.note", "inbox.body", "conversations.data", "imports.content"} <= held


@given(st.text().filter(lambda words: not words.startswith(MARK)))
def test_words_come_back_as_they_were(words: str):
    keys = keyring([NEW])
    try:
        words.encode()
    except UnicodeEncodeError:
        return
    assert keys.open(keys.seal(words, "a.b"), "a.b") == words
    assert keys.open(words, "a.b") == words


def test_the_same_words_are_never_stored_alike():
    keys = keyring([NEW])
    assert len({keys.seal(MARKED, "a.b") for _ in range(100)}) == 100


def test_an_older_key_still_reads_and_the_first_one_writes():
    stored = keyring([OLD]).seal(MARKED, "a.b")
    both = keyring([NEW, "", OLD])
    assert both.open(stored, "a.b") == MARKED
    assert both.seal(MARKED, "a.b").startswith(keyring([NEW]).prefix)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda stored: stored[:-8] + "AAAAAAA=",
        lambda stored: stored[:-8],
        lambda stored: MARK + "v2" + stored[3:],
        lambda stored: MARK,
    ],
)
def test_what_was_changed_is_not_read(spoil: Callable[[str], str]):
    keys = keyring([NEW])
    with pytest.raises(Unreadable, match=r"a\.b"):
        keys.open(spoil(keys.seal(MARKED, "a.b")), "a.b")


def test_a_value_in_another_column_is_not_read():
    keys = keyring([NEW])
    with pytest.raises(Unreadable, match="is not what the key"):
        keys.open(keys.seal(MARKED, "a.b"), "a.c")


@pytest.mark.parametrize("reader", [NOBODYS, keyring([OLD])])
def test_without_its_key_nothing_is_read(reader: Keyring):
    with pytest.raises(Unreadable, match="which is not there"):
        reader.open(keyring([NEW]).seal(MARKED, "a.b"), "a.b")


@pytest.mark.parametrize("lines", [[], [" "], ["abc"], [NEW, "AAAA"], [f"{NEW}{NEW}"], ["é"]])
def test_what_is_no_key_is_refused(lines: list[str]):
    with pytest.raises(NoKeys, match=r"no key|is not base64 of 32 bytes"):
        keyring(lines)


def stored(tx: Tx) -> list[str | None]:
    """Every value in a column of words, as it lies in the database."""
    found: list[str | None] = []
    for table, columns in SEALED.items():
        raw = [sa.type_coerce(column, sa.Text).label(column.name) for column in columns]
        for row in tx.execute(sa.select(*raw).select_from(table)):
            found += row
    return found


def in_plain(tx: Tx) -> list[str]:
    return [each for each in stored(tx) if each is not None and not each.startswith(MARK)]


async def fill(database: Database, first: int = ANNA) -> None:
    """Someone with a commitment and a message that waits."""
    house = House(database)
    person = await house.person(first)
    await house.commitment(person, MARKED)
    body = f'{{"text": "{MARKED}"}}'
    await database.write(inbox.receive, [Arrived(first, first, body)], NOW)


async def rotate(database: Database, limit: int = 3, steps: int = 1_000_000) -> None:
    """What `letloose rotate` does, as far as so many steps go."""
    for table in SEALED:
        step = encryption.Step(None, 0)
        while steps:
            step = await database.write(encryption.encrypt_some, table, step.last, limit)
            steps -= 1
            if step.last is None:
                break
    if steps:
        await database.write(encryption.finish, NOW)


@contextmanager
def opened(url: sa.URL, *lines: str) -> Iterator[Database]:
    """The database with these keys, first things done."""
    database = connect(url, keyring(lines) if lines else None)
    try:
        yield database
    finally:
        database.close()


async def test_with_a_key_no_word_lies_in_the_database(database_url: sa.URL):
    with opened(database_url, NEW) as database:
        await database.write(encryption.begin, NOW)
        await fill(database)
        assert await database.read(in_plain) == []
        assert await database.read(encryption.reach) is Reach.EVERYTHING
        [waiting] = await database.read(inbox.waiting, NOW, set(), 10)
        assert MARKED in waiting.body


async def test_words_of_before_are_read_and_brought_under_the_key(database_url: sa.URL):
    with opened(database_url) as plain:
        await plain.write(encryption.begin, NOW)
        for number in range(7):
            await fill(plain, ANNA + number)
        before = await plain.read(everything)
        assert await plain.read(encryption.reach) is Reach.NOTHING
    with opened(database_url, NEW) as database:
        await database.write(encryption.begin, NOW)
        assert await database.read(everything) == before
        assert await database.read(encryption.reach) is Reach.WHAT_IS_NEW
        await rotate(database)
        assert await database.read(encryption.reach) is Reach.EVERYTHING
        assert await database.read(in_plain) == []
        assert await database.read(everything) == before


def everything(tx: Tx) -> list[Any]:
    tables = [table for table in metadata.sorted_tables if table is not program]
    return [sorted(map(tuple, tx.execute(sa.select(table))), key=str) for table in tables]


async def test_broken_off_after_any_step_it_goes_on_where_it_stood(database_url: sa.URL):
    lines = [OLD]
    with opened(database_url, *lines) as database:
        await database.write(encryption.begin, NOW)
        for number in range(4):
            await fill(database, ANNA + number)
        before = await database.read(everything)
    for steps in (1, 2, 3, 5, 7, 11, 1_000_000):
        lines.insert(0, new_key())
        with opened(database_url, *lines) as database:
            await database.write(encryption.begin, NOW)
            assert await database.read(encryption.needed) == set(keyring(lines).ids)
            await rotate(database, steps=steps)
            assert await database.read(everything) == before
    with opened(database_url, lines[0]) as database:
        assert await database.read(encryption.needed) == {keyring(lines).first}
        assert await database.read(everything) == before


async def test_a_database_whose_key_is_missing_is_refused(database_url: sa.URL):
    with opened(database_url, OLD) as database:
        await database.write(encryption.begin, NOW)
    for lines, what in ((), "is not set"), ((NEW,), "does not hold it"):
        with opened(database_url, *lines) as wrong:
            with pytest.raises(Unusable, match=what):
                await wrong.write(encryption.begin, NOW)
            assert await wrong.read(encryption.needed) == {keyring([OLD]).first}


async def test_a_bot_that_was_not_started_with_the_new_key_is_told_of(database_url: sa.URL):
    with opened(database_url, OLD) as database:
        await database.write(encryption.begin, NOW)
    why = "has not been started with this key file yet"
    with opened(database_url, NEW, OLD) as rotating, pytest.raises(Unusable, match=why):
        await rotating.read(encryption.refuse_other_keys, keyring([NEW, OLD]))


@on_postgresql
async def test_a_process_that_still_has_the_old_key_keeps_it_from_being_let_go(
    database_url: sa.URL,
):
    with opened(database_url, NEW, OLD) as new:
        with opened(database_url, OLD) as old:
            await old.write(encryption.begin, NOW)
            await new.write(encryption.begin, NOW)
            with pytest.raises(Unusable, match="still runs with another key"):
                await new.write(encryption.finish, NOW)

        async def let_go() -> bool:  # PostgreSQL lists a connection a moment longer
            with suppress(Unusable):
                return await new.write(encryption.finish, NOW) == {keyring([OLD]).first}
            return False

        await eventually(let_go, "the old key to be let go")


async def test_a_mark_that_somebody_types_is_no_ciphertext(house: House):
    typed = keyring([NEW]).seal("a", "people.name")
    await house.database.write(people.meet, ANNA, typed, "en", NOW)
    found = await house.database.read(person_of, ANNA)
    assert found is not None
    assert found.name == typed.lstrip(MARK)
