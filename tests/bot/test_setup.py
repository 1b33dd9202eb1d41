"""From /start to the first reminder, and everything a half-done set-up may meet."""

import re
from datetime import timedelta
from typing import Any

from habits import commitments
from habits.rules.commitment import MOST_COMMITMENTS
from habits.rules.schedule import Schedule
from habits.storage.database import Tx
from habits.storage.rows import commitments_of, person_of
from tests.conftest import Town
from tests.process import Program, Someone, eventually, playground, text_of


def labels_of(message: dict[str, Any]) -> list[str]:
    rows = message["inline_keyboard"] or ()
    return [re.sub("[\u2066-\u2069]", "", button["text"]) for row in rows for button in row]


async def toasts(town: Town) -> list[str]:
    """What the presses were answered with, oldest first."""
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    said = [call["parameters"].get("text") for call in calls]
    return [each for each in said if each]


async def told(town: Town, words: str) -> None:
    """Wait until a press was answered with these words."""

    async def said() -> bool:
        return words in (await toasts(town))[-1:]

    await eventually(said, words)


async def presses(anna: Someone, button: tuple[int, str]) -> None:
    """Press a button again, though its message may show others by now."""
    message, data = button
    await anna.telegram.ask("press", person=anna.id, message_id=message, data=data)


async def kept(town: Town, person_id: int) -> list[commitments.Commitment]:
    return await town.parts.database.read(lambda tx: commitments_of(tx, person_id))


async def test_six_taps_lead_from_start_to_the_first_reminder(town: Town, anna: Someone):
    await anna.says("/start")
    taps = ["A film", "→ Next", "Saturday afternoon"]
    for label in taps:
        await anna.taps(label)
    for _ in ("the time on the wall", "a city"):
        taps.append((await anna.labels())[0])
        shown = await anna.taps(taps[-1])
    assert "Film, every Saturday afternoon" in text_of(shown)
    taps.append("Yes, that's it")
    made = await anna.taps(taps[-1])
    assert len(taps) == 6
    promised = re.search(r"First reminder: (Sat \d+ \w+, 14:00)\.", text_of(made))
    assert promised
    assert promised[1] in text_of(shown)

    asked = await anna.taps("Yes, ask")
    assert "I will ask on Thursdays at 18:30." in text_of(asked)
    await town.telegram.jump("P1W")
    await anna.hears("Saturday afternoon, Anna.")


async def test_several_ways_make_one_title_and_a_tick_never_flips(town: Town, anna: Someone):
    await anna.says("/start")
    film = await anna._button("A film")
    await anna.taps("A film")
    await presses(anna, film)
    own = await anna.says("pottery or a long walk")
    assert {"✓ A film", "✓ Pottery", "✓ A long walk"} <= set(labels_of(own))
    await anna.taps("A long walk")
    await anna.taps("Next")
    await anna.taps("Sunday afternoon")
    shown = await anna.says("Europe/Berlin")
    assert text_of(shown).startswith("Film or pottery, every Sunday afternoon (Berlin time).")
    await anna.taps("Yes")
    (made,) = await kept(town, anna.id)
    assert [way.title for way in made.ways] == ["Film", "Pottery"]


async def test_at_least_one_of_these_are_the_ways_that_are_ticked(town: Town, anna: Someone):
    await anna.says("/start")
    await anna.taps("A film")
    await anna.taps("A book with tea")
    asked = await anna.says("At least one of these every weekend, most often on Saturdays")
    assert text_of(asked).startswith("Saturdays: at what time?")
    await anna.taps("Afternoon")
    shown = await anna.says("Berlin")
    assert "Film or book with tea, every Saturday afternoon (Berlin time)." in text_of(shown)
    await anna.taps("Yes")
    (made,) = await kept(town, anna.id)
    assert [way.title for way in made.ways] == ["Film", "Book with tea"]


async def test_at_least_one_of_these_with_none_named_asks_for_them(anna: Someone):
    asked = await anna.says("do at least one of these things every weekend, mostly on Saturdays")
    assert text_of(asked).startswith("Every Saturday afternoon: what will it be?")
    await anna.taps("A film")
    await anna.taps("Next")
    shown = await anna.says("Berlin")
    assert text_of(shown).startswith("Film, every Saturday afternoon (Berlin time).")


async def test_another_time_is_built_from_days_a_time_and_weeks(berliner: Someone):
    await berliner.says("/new")
    await berliner.taps("Dinner with friends")
    await berliner.taps("Next")
    await berliner.taps("Another time")
    await berliner.taps("Fri")
    await berliner.taps("Sun")
    joined = await berliner.taps("Next")
    assert labels_of(joined) == ["Each of them", "Any one of them"]
    await berliner.taps("Any one")
    refused = await berliner.says("25:00")
    assert "“25:00” is no time I know" in text_of(refused)
    await berliner.says("19:30")
    await berliner.says("film on Tuesday")  # a whole sentence is a new draft
    await berliner.taps("Change")
    await berliner.taps("How often")
    shown = await berliner.taps("Every second week")
    assert "Film, every second Tuesday afternoon" in text_of(shown)


async def test_change_offers_everything_and_comes_back(town: Town, berliner: Someone):
    await berliner.says("dinner with friends every Saturday at 6pm")
    answers = {
        "Title": "Supper on Saturdays",
        "Days": "Fri or Sat",
        "Time": "20:15",
        "How often": "3",
        "Add a cue": "When the Saturday dishes are done, I make tea",
    }
    for what, answer in answers.items():
        await berliner.taps("Change")
        await berliner.taps(what)
        shown = await berliner.says(answer)
        assert labels_of(shown) == ["Yes, that's it", "Change"]
    await berliner.taps("Change")
    await berliner.taps("Ways")
    await berliner.taps("A film")
    shown = await berliner.taps("Next")
    words = text_of(shown)
    assert "Supper on Saturdays, every third Friday or Saturday at 20:15 (Berlin time)." in words
    assert "Any one of them counts: Dinner with friends · Film." in words
    assert "“When the Saturday dishes are done, I make tea”" in words

    too_long = await _cue(berliner, "x" * 201)
    assert "at most 200 characters; this one has 201" in text_of(too_long)
    await berliner.taps("Leave it as it is")
    await berliner.taps("Yes")
    (made,) = await kept(town, berliner.id)
    assert made.cue == answers["Add a cue"]


async def _cue(someone: Someone, words: str) -> dict[str, Any]:
    await someone.taps("Change")
    await someone.taps("Cue")
    return await someone.says(words)


async def test_a_half_done_set_up_goes_on_after_a_restart(program: Program):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/start")
        await anna.taps("A film")
        await anna.taps("Next")
    async with playground(program) as telegram:
        anna = Someone(telegram)
        offered = await anna.says("/start ../../etc/passwd")
        assert "Half done, and kept: Film." in text_of(offered)
        assert "passwd" not in text_of(offered)
        await anna.taps("Sunday afternoon")  # the button from before
        shown = await anna.says("Berlin")
        assert "Film, every Sunday afternoon (Berlin time)." in text_of(shown)


async def test_a_half_done_set_up_goes_on_weeks_after_they_blocked_us(town: Town, anna: Someone):
    await anna.says("/start")
    await anna.taps("A film")
    await anna.taps("Next")
    for blocked in (True, False):
        await town.telegram.ask("block", person=anna.id, blocked=blocked)
        for _ in range(3 * blocked):
            await town.telegram.jump("P1W")
    await anna.taps("Sunday afternoon")
    shown = await anna.says("Berlin")
    assert "Film, every Sunday afternoon (Berlin time)." in text_of(shown)
    await anna.taps("Yes")
    assert [each.title for each in await kept(town, anna.id)] == ["Film"]


async def test_a_replaced_draft_says_so_and_offers_the_current_one(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 6pm")
    old_yes = await berliner._button("Yes")
    await berliner.says("film every Sunday at 7pm")
    await presses(berliner, old_yes)
    await told(town, "That one was replaced. Here is the one we are at.")
    assert await kept(town, berliner.id) == []

    await berliner.says("Sunday 8pm")
    changed_yes = await berliner._button("Yes")
    await berliner.says("20:30")
    await presses(berliner, changed_yes)  # it showed another time
    await told(town, "That is settled already. Here is how it stands.")
    made = await berliner.taps("Yes")
    assert re.search(r"Film is yours. First reminder: Sun .*, 20:30", text_of(made))

    await presses(berliner, old_yes)
    await told(town, "That one is no longer open. /new begins another.")


async def test_twenty_taps_on_yes_make_one_commitment(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 6pm")
    yes = await berliner._button("Yes")
    for _ in range(20):
        await presses(berliner, yes)

    async def all_answered() -> bool:
        return len(await town.telegram.ask("calls", method="answerCallbackQuery")) >= 20

    await eventually(all_answered, "twenty answers")
    assert len(await kept(town, berliner.id)) == 1
    assert "No need" in await berliner.labels()


async def test_every_step_says_what_is_possible(anna: Someone):
    await anna.says("/start")
    await anna.taps("A film")
    await anna.taps("Next")
    for place, hint in {
        "": "Tap, or type it like Friday 19:30.",
        "Another time": "Which days? Tap all that fit, or type them: Mon and Thu.",
    }.items():
        if place:
            await anna.taps(place)
        answered = text_of(await anna.says("Funday"))
        assert answered.startswith("I did not get “Funday”.")
        assert hint in answered
    await anna.says("Fridays")
    assert "type a time like 19:30" in text_of(await anna.says("at lunch"))
    await anna.taps("Evening")
    assert "Type a bigger city nearby" in text_of(await anna.says("Mars/Phobos"))
    await anna.says("Berlin")
    assert "Tap Yes, or type what should be different" in text_of(await anna.says("hm"))
    made = await anna.says("Yes, that’s it!")
    assert "Film is yours." in text_of(made)
    assert "ask on Wednesdays" in text_of(made)
    await anna.taps("No need")
    await anna.says("guitar on Sundays")
    assert "ask on" not in text_of(await anna.taps("Yes"))  # asked once


async def test_a_thirteenth_way_does_not_fit(anna: Someone):
    await anna.says("/start")
    full = await anna.says(", ".join(f"way {n}" for n in range(13)))
    assert "I can keep 12 ways at most." in text_of(full)
    assert sum(label.startswith("✓") for label in labels_of(full)) == 12
    again = await anna.says("one more")
    assert "I can keep 12 ways" in text_of(again)


async def test_the_fifty_first_commitment_is_refused(town: Town, berliner: Someone):
    def fill(tx: Tx) -> None:
        person = person_of(tx, berliner.id)
        assert person
        for number in range(MOST_COMMITMENTS - 1):
            commitments.commit(tx, person, f"Film {number}", ["Film"], Schedule(), now)

    now = await town.telegram.now()
    await town.parts.database.write(fill)
    await berliner.says("guitar on Sundays")
    yes = await berliner._button("Yes")
    await berliner.taps("Yes")
    refused = await berliner.says("yoga on Sundays")
    assert "I can keep 50 commitments at most." in text_of(refused)
    assert "50 commitments at most" in text_of(await berliner.says("/new"))
    await presses(berliner, yes)
    await told(town, "It is yours already.")
    assert len(await kept(town, berliner.id)) == MOST_COMMITMENTS


async def test_a_second_of_the_same_name_is_allowed_with_a_hint(town: Town, berliner: Someone):
    await berliner.says("film on Saturdays")
    await berliner.taps("Yes")
    twin = await berliner.says("FILM on Sundays")
    assert "You have one of that name already. A second is fine, too." in text_of(twin)
    await berliner.taps("Yes")
    assert len(await kept(town, berliner.id)) == 2


async def test_start_greets_whom_it_knows_and_wakes_what_fell_silent(town: Town, berliner: Someone):
    await berliner.says("film on Saturdays")
    await berliner.taps("Yes")
    known = await berliner.says("/start anything-else_64")
    assert re.search(r"Good to see you, Anna. Next: Film, Sat .*, 14:00\.", text_of(known))
    for _ in range(4):
        await town.telegram.jump("P1W")
    (silent,) = await kept(town, berliner.id)
    assert silent.silent_since
    back = await berliner.says("/start")
    assert "now I speak again. Next: Film, Sat" in text_of(back)
    (woken,) = await kept(town, berliner.id)
    assert woken.silent_since is None


async def test_the_plan_day_lies_two_days_before_the_first_of_all_days(
    town: Town, berliner: Someone
):
    await berliner.says("guitar on Mon, Wed and Fri at 7pm every two weeks")
    made = await berliner.taps("Yes")
    assert "Want me to ask on the Saturday before what it will be?" in text_of(made)
    settled = await berliner.taps("No need")
    assert "Then I do not ask beforehand." in text_of(settled)
    person = await town.parts.database.read(lambda tx: person_of(tx, berliner.id))
    assert person
    assert not person.asks_plan
    (guitar,) = await kept(town, berliner.id)
    plan_at = commitments.usual_plan(person, guitar, await town.telegram.now())
    assert plan_at.astimezone(person.zone).isoweekday() == 6
    assert plan_at > await town.telegram.now() - timedelta(days=3)
