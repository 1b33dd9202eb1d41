"""How tense before and after, and what it was: off until wanted, told by taps, shown by way."""

from tests.conftest import Town
from tests.process import Someone, text_of


async def wants(someone: Someone, *switches: str) -> None:
    await someone.says("/settings")
    await someone.taps("After a check-in")
    for switch in switches:
        await someone.taps(switch)


async def checks_in(town: Town, someone: Someone) -> str:
    await town.telegram.jump("next")
    await someone.taps("Did it")
    return text_of(await someone.taps("Yes"))


async def test_nobody_is_asked_who_has_not_asked_for_it(town: Town, film: Someone):
    said = await checks_in(town, film)
    assert "tense" not in said
    assert "What was it" not in said


async def test_one_tap_tells_each_and_another_changes_it(town: Town, film: Someone):
    await wants(film, "Ask how tense", "Ask what it was")
    said = await checks_in(town, film)
    assert "How tense were you before it, and after?" in said
    assert "What was it?" in said
    await film.taps("before 😣")
    await film.taps("after 😌")
    await film.taps("relaxed")
    await film.taps("with people")
    assert {"✓ before 😣", "✓ after 😌", "✓ relaxed", "✓ with people"} <= set(await film.labels())
    await film.taps("after 😐")
    await film.taps("✓ relaxed")
    labels = await film.labels()
    assert {"after 😌", "✓ after 😐", "relaxed", "✓ with people"} <= set(labels)


async def test_twenty_taps_on_a_face_tell_it_once(town: Town, film: Someone):
    await wants(film, "Ask how tense")
    await checks_in(town, film)
    message, data = await film._button("before 😣")
    for _ in range(20):
        await town.telegram.ask("press", person=film.id, message_id=message, data=data)
    await film.taps("after 😌")
    ticked = [each for each in await film.labels() if each.startswith("✓")]
    assert ticked == ["✓ before 😣", "✓ after 😌"]


async def test_from_four_on_it_is_said_by_way_with_its_counts(town: Town, film: Someone):
    await wants(film, "Ask how tense", "Ask what it was")
    for after in ("😌", "😌", "😐", "😣"):
        await checks_in(town, film)
        await film.taps("before 😣")
        await film.taps(f"after {after}")
        await film.taps("relaxed")
    await film.taps("with people")
    await film.says("/streaks")
    said = text_of(await film.taps("What unwinds me"))
    assert "Less tense after it than before: 3 of 4 times." in said
    assert "Of 4 times it was: relaxed 4 and with people 1." in said


async def test_just_fun_says_nothing_of_it(town: Town, film: Someone):
    await wants(film, "Ask how tense")
    for _ in range(4):
        await checks_in(town, film)
        await film.taps("before 😣")
        await film.taps("after 😌")
    await film.says("/settings")
    await film.taps("Numbers")
    await film.taps("Just fun")
    await film.says("/streaks")
    assert "tense" not in text_of(await film.taps("What unwinds me"))
