"""The private calendar address of a person: an unguessable word, of which only the hash is kept."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa

from habits.agenda import Coming
from habits.ahead import ahead
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.rows import person_of
from habits.storage.tables import feeds

BYTES = 24
"""192 bits: nobody finds one by trying."""


def make(tx: Tx, person: Person, now: datetime) -> str:
    """A new address's word; the one before it is no good any more."""
    word = secrets.token_urlsafe(BYTES)
    revoke(tx, person)
    row = {"person_id": person.id, "digest": _digest(word), "made_at": now}
    tx.execute(sa.insert(feeds).values(row))
    return word


def _digest(word: str) -> str:
    """So much chance is in the word that a plain hash of it can be undone by nobody."""
    return hashlib.sha256(word.encode()).hexdigest()


def revoke(tx: Tx, person: Person) -> None:
    """Let the address lead nowhere."""
    tx.execute(sa.delete(feeds).where(feeds.c.person_id == person.id))


def made_at(tx: Tx, person: Person) -> datetime | None:
    """Since when there is an address, None where there is none."""
    found: datetime | None = tx.scalar(
        sa.select(feeds.c.made_at).where(feeds.c.person_id == person.id)
    )
    return found


def coming(tx: Tx, word: str, now: datetime) -> list[Coming] | None:
    """What is coming for whoever's address has this word; None where it is nobody's."""
    person_id = tx.scalar(sa.select(feeds.c.person_id).where(feeds.c.digest == _digest(word)))
    person = None if person_id is None else person_of(tx, person_id)
    return None if person is None else ahead(tx, person, now)
