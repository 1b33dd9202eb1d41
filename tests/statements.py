"""Every statement on a person's rows carries the person: watched while any test runs.

The tests' own statements may look at everything, and so may the few functions below, each with
its reason. `tests/conftest.py` asks after each test.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import sqlalchemy as sa

from habits.storage.tables import metadata
from tests.process import ROOT

CLAIMING = "what is due is claimed for everybody at once, by time"
SETTLING = "a claimed message is settled by the id that the claim gave out, if its epoch stands"
LAYING_OUT = "the timetable lays out the coming weeks of everybody"
ZONES = "a new tzdata moves what is laid out for everybody"
CLOSING = "the timetable settles the weeks that are over, of everybody, by time"
ABSENCE = "after an absence everybody is looked at who may have missed something"
RETENTION = "what has grown old goes, whoever's it is"
RECEIVING = "an update is taken by its number; whose it is was noted as it came"
CARDS = "the timetable looks through a few people at a time for whom a month brought something"
A_KEY = "a first or a new key concerns every row, whoever's it is"
FIGURES = "a number over everybody, in which nobody is named"
OURS = {
    "habits/sending.py:claim": CLAIMING,
    "habits/sending.py:_due": CLAIMING,
    "habits/sending.py:_turns": CLAIMING,
    "habits/sending.py:_one_suspect": CLAIMING,
    "habits/sending.py:_still_owed": CLAIMING,
    "habits/sending.py:align_again": CLAIMING,
    "habits/sending.py:due_next": CLAIMING,
    "habits/sending.py:due_since": FIGURES,
    "habits/sending.py:next_touch": CLAIMING,
    "habits/settling.py:_held": SETTLING,
    "habits/settling.py:_settle_sent": SETTLING,
    "habits/settling.py:_postponed": SETTLING,
    "habits/settling.py:_touched": SETTLING,
    "habits/settling.py:_keep_open": SETTLING,
    "habits/settling.py:_again": SETTLING,
    "habits/settling.py:_finish": SETTLING,
    "habits/settling.py:_lose": SETTLING,
    "habits/pauses.py:told_to_wait": "whether a second chat was told to wait means the whole bot",
    "habits/settling.py:free_all": "at the start nothing is under way, to anybody",
    "habits/settling.py:_free": "what nobody settled in time is free again, whoever's it is",
    "habits/notices.py:expire": CLAIMING,
    "habits/notices.py:tell_stuck": "whose a commitment is, found by its id alone, to tell them",
    "habits/notices.py:set_aside": CLAIMING,
    "habits/notices.py:_excuse": SETTLING,
    "habits/monthly.py:owe_due": "the timetable owes the month's export to whoever wants it",
    "habits/new_zones.py:concerned": ZONES,
    "habits/new_zones.py:misplaced": ZONES,
    "habits/new_zones.py:_rows": ZONES,
    "habits/occasions.py:lay_out_all": LAYING_OUT,
    "habits/occasions.py:lay_out_due": LAYING_OUT,
    "habits/occasions.py:short_of_weeks": LAYING_OUT,
    "habits/storage/rows.py:commitments_from": "the ways of commitments that were just read",
    "habits/weeks.py:settle_due": CLOSING,
    "habits/weeks.py:unsettled": CLOSING,
    "habits/weeks.py:_fall_silent": CLOSING,
    "habits/outages.py:_with_open_prompts": ABSENCE,
    "habits/outages.py:note": ABSENCE,
    "habits/encryption.py:begin": A_KEY,
    "habits/encryption.py:encrypt_some": A_KEY,
    "habits/erasures.py:erase_again": "whoever was forgotten is looked for by a hash of their id",
    "habits/inbox.py:claim": RECEIVING,
    "habits/inbox.py:_claimed": RECEIVING,
    "habits/inbox.py:give_back": RECEIVING,
    "habits/inbox.py:put_off": RECEIVING,
    "habits/inbox.py:handled": RECEIVING,
    "habits/inbox.py:waiting": RECEIVING,
    "habits/inbox.py:failed": RECEIVING,
    "habits/inbox.py:bury": RECEIVING,
    "habits/inbox.py:oldest": FIGURES,
    "habits/inbox.py:forget_old": RETENTION,
    "habits/retention.py:forget_old": RETENTION,
    "habits/retention.py:forget_deliveries": RETENTION,
    "habits/cards.py:due": CARDS,
    "habits/cards.py:owe_due": CARDS,
    "habits/taking_in.py:forget_old": RETENTION,
    "habits/feeds.py:coming": "a calendar shows nothing but its address, whose hash is a person's",
    "habits/invariants.py:_count": FIGURES,
    "habits/figures.py:figures": FIGURES,
    "habits/figures.py:_deliveries": FIGURES,
}
"""Functions whose statements concern everybody, and why."""

DOORS = ("app/", "bot/", "habits/", "scheduler/")
MIGRATIONS = "habits/storage/migrations/"
PERSONS = "|".join(
    table.name
    for table in metadata.sorted_tables
    if "person_id" in table.c or table.name == "people"
)
_NAMES_THEIRS = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO|,)\s+(?:{PERSONS})\b")
_NOBODY = r"NULL\) AND \(1 != 1|SELECT 1 FROM \(SELECT 1\) WHERE 1!=1"  # IN of an empty list
_SOME = r"(?:SELECT value FROM json_each\()?"  # habits/storage/among.py
_ONE_PERSON = re.compile(
    rf"(?:\bperson_id|\bpeople(?:_\d+)?\.id) (?:=|IN) (?:ANY )?\(?{_SOME}(?:\?|:|%\(|{_NOBODY})"
)
_BRINGS_THE_PERSON = re.compile(r"\s*INSERT INTO (?:people\b|\w+ \([^)]*\bperson_id\b)")

_known: dict[str, bool] = {}
_origins: dict[CodeType, str | None] = {}


def carries_its_person(statement: str) -> bool:
    """Whether a statement has nothing of anybody's in it, or says whose rows it means."""
    if not _NAMES_THEIRS.search(statement):
        return True
    return bool(_BRINGS_THE_PERSON.match(statement) or _ONE_PERSON.search(statement))


@contextmanager
def watching() -> Iterator[set[str]]:
    """Look at every statement of every engine; gives where those came from that may not pass."""
    offences: set[str] = set()

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        carries = _known.get(statement)
        if carries is None:
            carries = _known[statement] = carries_its_person(statement)
        if carries:
            return
        where = _origin(sys._getframe(1))
        if where.startswith(DOORS) and not where.startswith(MIGRATIONS) and where not in OURS:
            offences.add(f"{where}: {' '.join(statement.split())}")

    sa.event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        yield offences
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", look)


def _origin(frame: FrameType | None) -> str:
    """The innermost function of this repository that a statement comes from."""
    while frame is not None:
        code = frame.f_code
        if code not in _origins:
            _origins[code] = _named(code)
        if where := _origins[code]:
            return where
        frame = frame.f_back
    return ""


def _named(code: CodeType) -> str | None:
    ours, installed = f"{ROOT}/", f"{ROOT}/.venv/"
    file = code.co_filename
    if not file.startswith(ours) or file.startswith(installed):
        return None
    function = code.co_qualname.partition(".<locals>")[0]
    return f"{file.removeprefix(ours)}:{function}"
