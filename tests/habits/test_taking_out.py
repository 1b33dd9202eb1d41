"""What is taken along is everything there is."""

import pytest
import sqlalchemy as sa

from habits.belongings import (
    CheckInKept,
    CommitmentKept,
    Holiday,
    OccasionKept,
    RestKept,
    ScheduleKept,
    WayKept,
    WeekBeginning,
    Wishes,
)
from habits.storage.tables import (
    check_ins,
    commitments,
    holidays,
    occasions,
    people,
    rests,
    ways,
    week_beginnings,
)

TOLD_BY_THE_PLACE = {"id", "person_id", "commitment_id", "position"}
TOLD_AS = {"occasion_id": "occasion", "way_id": "way"}
ONLY_RUNS_THE_BOT = {"heard_at", "fading_offered_at", "version"}
FROM_TELEGRAM_OR_OF_THE_BOT = {
    "name",
    "language",
    "reachable",
    "paused_until",
    "next_send_at",
    "made_at",
    "seen_at",
    "exported_at",
    "card_month",
}


def names_of(table: sa.Table) -> set[str]:
    return {column.name for column in table.c}


@pytest.mark.parametrize(
    ("table", "shape"),
    [
        (ways, WayKept),
        (occasions, OccasionKept),
        (rests, RestKept),
        (check_ins, CheckInKept),
        (holidays, Holiday),
        (week_beginnings, WeekBeginning),
    ],
)
def test_every_column_is_in_the_file(table: sa.Table, shape: type[CheckInKept]):
    """A new column: give it a field with a default in habits/belongings.py, tell it in the docs."""
    columns = {TOLD_AS.get(name, name) for name in names_of(table)} - TOLD_BY_THE_PLACE
    assert columns == set(shape.model_fields)


def test_every_column_of_a_commitment_is_in_the_file():
    fields = set(CommitmentKept.model_fields) | set(ScheduleKept.model_fields)
    left = names_of(commitments) - TOLD_BY_THE_PLACE - fields
    assert left == ONLY_RUNS_THE_BOT


def test_every_setting_of_a_person_is_in_the_file():
    left = names_of(people) - TOLD_BY_THE_PLACE - set(Wishes.model_fields)
    assert left == FROM_TELEGRAM_OR_OF_THE_BOT
