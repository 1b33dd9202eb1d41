"""The watch over statements itself: what it lets pass, what it does not, and its exceptions."""

import ast

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from habits.storage.database import Tx
from habits.storage.tables import commitments, deliveries, heartbeats, people, ways
from tests import statements
from tests.house import ANNA, House
from tests.process import ROOT

MINE = commitments.c.person_id == ANNA
CARRIES = {
    "rows by person": sa.select(commitments).where(MINE),
    "the person": sa.select(people).where(people.c.id == ANNA),
    "several persons": sa.select(people).where(people.c.id.in_([ANNA, 2])),
    "nobody": sa.select(people).where(people.c.id.in_([])),
    "a change by person": sa.update(commitments).where(MINE).values(title="Tea"),
    "nobody's rows": sa.select(heartbeats),
    "rows that bring their person": sa.insert(ways).values(id=7, person_id=ANNA),
    "a new person": sa.insert(people).values(id=ANNA),
}
DOES_NOT = {
    "all rows": sa.select(commitments),
    "rows by their own id": sa.select(commitments).where(commitments.c.id == 7),
    "a change by id": sa.update(ways).where(ways.c.id == 7).values(title="Tea"),
    "a removal by id": sa.delete(deliveries).where(deliveries.c.id == 7),
    "a join of persons that means everybody": sa.select(ways).join(
        people, people.c.id == ways.c.person_id
    ),
    "rows beside nobody's": sa.select(heartbeats, ways.c.title).where(ways.c.id == 7),
}


def as_executed(statement: sa.Executable) -> str:
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}
    )
    return str(compiled)


@pytest.mark.parametrize("what", CARRIES)
def test_what_says_whose_rows_it_means_may_pass(what: str):
    assert statements.carries_its_person(as_executed(CARRIES[what]))


@pytest.mark.parametrize("what", DOES_NOT)
def test_what_could_mean_anybodys_rows_may_not(what: str):
    assert not statements.carries_its_person(as_executed(DOES_NOT[what]))


async def test_a_use_case_that_asks_by_id_alone_is_caught(
    house: House, monkeypatch: pytest.MonkeyPatch, offences: set[str]
):
    """A use case that is on the list, taken off it: the watch names it and its statement."""
    from habits import notices  # noqa: PLC0415 - only to be looked at here

    monkeypatch.delitem(statements.OURS, "habits/notices.py:expire")
    await house.database.write(notices.expire, house.now, "", None, 10)
    found = offences.pop()
    assert not offences
    assert found.startswith("habits/notices.py:expire: ")
    assert "UPDATE deliveries SET" in found


async def test_what_a_test_asks_for_itself_is_its_own_affair(house: House, offences: set[str]):
    def look(tx: Tx) -> None:
        tx.execute(sa.select(commitments)).all()

    await house.database.read(look)
    assert offences == set()


@pytest.mark.parametrize("function", statements.OURS)
def test_every_exception_is_a_function_that_there_is(function: str):
    file, _, name = function.partition(":")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert statements.OURS[function]
