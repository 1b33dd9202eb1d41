"""`letloose restore` and who asked to be forgotten since the backup."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import backing_up
from app.settings import Settings
from habits import outages, people
from habits.clock import system_time
from habits.storage import backups, schema
from habits.storage.database import Tx, sqlite_engine
from habits.storage.tables import people as people_rows
from tests.house import ANNA, BEN

BOT = 4242
DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path, migrated_file: Path) -> Settings:
    """A data directory with the database of a bot that knows Anna and Ben."""
    settings = Settings(data_dir=tmp_path)
    shutil.copy(migrated_file, tmp_path / "letloose.sqlite3")

    def begin(tx: Tx) -> None:
        schema.belong_to(tx, BOT)
        outages.beat(tx, system_time())
        for person_id in (ANNA, BEN):
            people.meet(tx, person_id, "Somebody", "en", system_time())

    in_database(settings, begin)
    return settings


def in_database(settings: Settings, work: Callable[[Tx], Any]) -> Any:
    file = settings.data_dir / "letloose.sqlite3"
    engine = sqlite_engine(sa.URL.create("sqlite", database=str(file)), "BEGIN")
    try:
        with engine.begin() as tx:
            return work(tx)
    finally:
        engine.dispose()


def back_up(settings: Settings, age: timedelta = timedelta(0)) -> Path:
    target = settings.data_dir / "backup.sqlite3"
    database = settings.data_dir / "letloose.sqlite3"
    return backups.back_up(database, target, system_time() - age).path


def known(settings: Settings) -> list[int]:
    return in_database(settings, lambda tx: sorted(tx.scalars(sa.select(people_rows.c.id))))


def test_whoever_asked_to_be_forgotten_since_the_backup_does_not_come_back(settings: Settings):
    backup = back_up(settings)

    def delete_me(tx: Tx) -> None:
        since = people.known_since(tx, ANNA)
        assert since is not None
        backing_up.erasures_of(settings, "letloose", BOT).note(ANNA, since, system_time())
        people.forget(tx, ANNA)

    in_database(settings, delete_me)
    assert backing_up.restore(settings, backup)
    assert known(settings) == [BEN]


def test_a_backup_of_more_than_thirty_days_is_refused_and_nothing_changes(settings: Settings):
    backup = back_up(settings, age=31 * DAY)
    in_database(settings, lambda tx: people.forget(tx, ANNA))
    with pytest.raises(schema.Unusable, match="gone after 30 days: use a younger one"):
        backing_up.restore(settings, backup)
    assert known(settings) == [BEN]
    there = {path.name for path in settings.data_dir.iterdir() if path.suffix == ".sqlite3"}
    assert there == {"backup.sqlite3", "letloose.sqlite3"}


def test_a_backup_of_thirty_days_is_put_back(settings: Settings):
    backup = back_up(settings, age=30 * DAY - timedelta(minutes=1))
    in_database(settings, lambda tx: people.forget(tx, ANNA))
    assert backing_up.restore(settings, backup)
    assert known(settings) == [ANNA, BEN]
