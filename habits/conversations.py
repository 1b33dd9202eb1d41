"""Where a person stands in a conversation: which answer we wait for, and what was said so far.

Nothing of it lives in memory, so that a set-up left half done goes on after a restart.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from habits.storage.database import Tx
from habits.storage.rows import put_row
from habits.storage.tables import conversations

_READ = sa.select(conversations).where(conversations.c.person_id == sa.bindparam("person"))


@dataclass(frozen=True, slots=True)
class Conversation:
    """step: what was asked last. data: what is known so far (JSON)."""

    step: str
    data: dict[str, Any] = field(default_factory=dict)


def read(tx: Tx, person_id: int) -> Conversation | None:
    """The conversation a person is in, if any."""
    row = tx.execute(_READ, {"person": person_id}).one_or_none()
    return None if row is None else Conversation(row.step, row.data)


def keep(tx: Tx, person_id: int, conversation: Conversation, now: datetime) -> Conversation:
    """Remember where the person stands now."""
    put_row(
        tx,
        conversations,
        person_id=person_id,
        step=conversation.step,
        data=conversation.data,
        changed_at=now,
    )
    return conversation


def end(tx: Tx, person_id: int) -> None:
    """The conversation is over."""
    tx.execute(sa.delete(conversations).where(conversations.c.person_id == person_id))
