"""The monthly card: at most one a month, only with news, and never in just fun."""

from tests.conftest import Town, on_both_databases
from tests.process import Someone, text_of


async def kept_weeks(town: Town, someone: Someone, count: int) -> None:
    for _ in range(count):
        await town.telegram.jump("next")
        await someone.taps("Did it")
        await someone.taps("Yes")


async def quiet_weeks(town: Town, count: int) -> None:
    for _ in range(count):
        await town.telegram.jump("P1W")


@on_both_databases
async def test_a_month_with_news_has_one_card(town: Town, film: Someone):
    await kept_weeks(town, film, 5)
    await quiet_weeks(town, 2)
    said = text_of(await film.hears("looked back on"))
    assert said.startswith("December, looked back on:")
    assert "Film: your longest run so far, 5 weeks." in said
    assert "Film has 4 answers" in said
    assert "In all you let loose 5 times." in said
    await quiet_weeks(town, 5)
    assert await film.count("looked back on") == 1


async def test_who_switched_it_off_or_wants_just_fun_gets_none(town: Town, film: Someone):
    await film.says("/settings")
    assert "It is on." in text_of(await film.taps("Monthly card"))
    assert "It is off." in text_of(await film.taps("Switch it off"))
    await kept_weeks(town, film, 5)
    await quiet_weeks(town, 2)
    assert await film.count("looked back on") == 0
    await film.says("/settings")
    await film.taps("Monthly card")
    assert "It is on." in text_of(await film.taps("Switch it on"))
    await film.says("/settings")
    await film.taps("Numbers")
    await film.taps("Just fun")
    await quiet_weeks(town, 1)
    assert await film.count("looked back on") == 0


async def test_a_month_without_news_has_no_card(town: Town, film: Someone):
    await quiet_weeks(town, 7)
    assert await film.count("looked back on") == 0
