"""Who may send when: moments to send at, handed out by the database to whoever asks.

They lie side by side in the time to come, each once, for all processes of a bot on PostgreSQL.
A moment that is not used soon after it began is lost. So no second can have more messages than
there were moments in it and in the little before it: with `slots_a_second` that is rate + 5,
also where some were held up on their way.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from habits.budget import BURST, ON_THE_WAY
from habits.pauses import paused_for
from habits.sending import ticks
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import send_budget

SHARE = 0.05
"""Seconds of sending that are handed out at once."""
REMINDERS_AHEAD, ANSWERS_AHEAD = 0.03, 0.12
"""Seconds from now within which a share may begin. Answers reach further: while they do, none
is left for reminders. What reaches far ahead hears of a pause that much later."""
ANOTHER_TIME = 5.0
"""Seconds; a share further away than this was handed out before the clock was set back."""

_ROW = sa.select(send_budget.c.next_at).where(send_budget.c.id == 1).with_for_update()
_TAKEN = sa.update(send_budget).where(send_budget.c.id == 1)


@dataclass(frozen=True, slots=True)
class Share:
    """So many moments, the first of them `begins_in` seconds after it was asked for, or before.

    count: 0 where none can be had; then asking again is worth it in `begins_in` seconds.
    paused: the seconds for which Telegram asked the whole bot to wait.
    """

    count: int
    begins_in: float
    paused: float = 0.0


def lasts(rate: float) -> float:
    """The seconds after its beginning in which a moment may be used.

    Together with what a message may be held up on its way they are worth four messages.
    """
    return min(0.25, max(0.04, (BURST - 1) / rate - ON_THE_WAY))


def slots_a_second(rate: float) -> float:
    """How many moments a second has. Above a rate of 100 a little less than the rate."""
    return min(rate, (rate + BURST - 1) / (1 + lasts(rate)))


def take(tx: Tx, now: datetime, rate: float, wanted: int, ahead: float) -> Share:
    """Take up to `wanted` moments that begin within `ahead` seconds."""
    tx.execute(sa.text("SET LOCAL synchronous_commit = off"))  # a power cut takes seconds longer
    next_at = _locked(tx)
    if paused := paused_for(tx, now):
        return Share(0, paused, paused)
    at = ticks(tx)
    first = at - lasts(rate) / 2  # nobody asked for it when it began, and it may still be used
    begins = first if next_at > at + ANOTHER_TIME else max(first, next_at)
    if begins > at + ahead:
        return Share(0, begins - at - ahead)
    count = min(wanted, max(1, int(rate * SHARE)))
    tx.execute(_TAKEN, {"next_at": begins + count / slots_a_second(rate)})
    return Share(count, begins - at)


def _locked(tx: Tx) -> float:
    """From when on nobody has been given a moment; nobody else asks before we commit."""
    row = tx.execute(_ROW).one_or_none()
    if row is None:
        tx.execute(insert_unless_there(tx, send_budget).values(id=1).on_conflict_do_nothing())
        row = tx.execute(_ROW).one()
    return row.next_at or 0.0
