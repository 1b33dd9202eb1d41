"""How it stands with everything promised, in numbers, for whoever watches over the bot."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from habits import inbox, sending
from habits.ledger import reason_named
from habits.storage.database import Tx
from habits.storage.tables import deliveries, outages
from habits.storage.tables import inbox as inbox_rows


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database knows.

    deliveries: how many by kind, state and reason ("" without one); details go after 90 days.
    copies: sent again because it was open whether they had arrived. due_for and waiting_for:
    seconds that the oldest of each has been waiting. away: seconds of all outages known.
    back_for: seconds since the last of them ended, None without one.
    """

    deliveries: Mapping[tuple[str, str, str], int]
    copies: int
    due_for: float
    waiting: int
    waiting_for: float
    away: float
    back_for: float | None


def figures(tx: Tx, now: datetime) -> Figures:
    """Count."""
    away = tx.execute(sa.select(outages)).all()
    ended_at = max((row.ended_at for row in away), default=None)
    return Figures(
        deliveries=_deliveries(tx),
        copies=tx.scalar(sa.select(sa.func.coalesce(sa.func.sum(deliveries.c.resends), 0))) or 0,
        due_for=_since(sending.due_since(tx, now), now),
        waiting=tx.scalar(
            sa.select(sa.func.count())
            .select_from(inbox_rows)
            .where(inbox_rows.c.state == inbox.NEW)
        )
        or 0,
        waiting_for=_since(inbox.oldest(tx), now),
        away=sum((row.ended_at - row.began_at).total_seconds() for row in away),
        back_for=None if ended_at is None else _since(ended_at, now),
    )


def _deliveries(tx: Tx) -> Mapping[tuple[str, str, str], int]:
    columns = (deliveries.c.kind, deliveries.c.state, deliveries.c.reason)
    rows = tx.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
    found: Counter[tuple[str, str, str]] = Counter()
    for kind, state, reason, count in rows:
        found[kind, state, reason_named(reason)] += count
    return found


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
