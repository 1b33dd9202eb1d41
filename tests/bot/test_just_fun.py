"""Just fun: whatever is opened, pressed or sent, nothing of theirs is counted."""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot import year_pages
from bot.features import FEATURES
from bot.pictures.marks import Mark
from bot.pictures.palette import DARK, LIGHT
from bot.routing import routes_of
from bot.texts import fading, reminders
from bot.year_pages import YearPage
from habits import check_ins, commitments, feelings, overviews, people
from habits.check_ins import Recorded
from habits.commitments import Made
from habits.overviews import Kept
from habits.rules.person import Pictures
from habits.rules.schedule import SATURDAY, WEDNESDAY, Part, Schedule
from habits.storage.database import Tx
from habits.storage.rows import person_of
from habits.storage.tables import check_ins as rows
from tests.a_monday import MONDAY
from tests.belongings import as_read, check_in, commitment
from tests.conftest import Town
from tests.process import Someone, eventually

ROUTES = routes_of(FEATURES)
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATE = rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w* )?\d{{1,2}} (?:{MONTHS})\w*"
ALLOWED = re.compile(rf"{DATE}(?: 20\d\d)?|\b20\d\d\b|\b\d{{1,2}}:\d\d\b|UTC[+−-]\d+")
"""Dates and clock times."""
COUNTED = re.compile(
    r"\d|%|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twice|in a row|best)\b",
    re.IGNORECASE,
)
"""How something counted looks."""
NOT_THEIRS = re.compile(
    r"at most \d+ characters|every \w+ weeks|on Sundays around \d+|Saturdays around 6"
    r"|at 8pm|7\.30pm|24\.12\., for ten days|^Two weeks$|cut in two|times are enough"
    r"|For example: twice a week"
    r"|question two evenings before|Two more are yours to choose|All \d+ of them"
)
"""What has a number in it that counts nothing of anybody's."""
OURS = ("help", "why", "privacy", "import", "delete_me")
"""Commands that speak of the bot, and say the same to everybody."""
A_FILE = json.dumps(
    as_read(
        commitment(
            "Piano",
            ways=["Piano"],
            made_at="2037-01-01T09:00:00Z",
            check_ins=[check_in(date(2037, 10, 10)), check_in(date(2037, 10, 17))],
        )
    )
).encode()
LEFT_ALONE = {
    "why": "speaks of studies",
    "fade": "offered after many steady weeks; its words are held below",
    "fade_again": "undoes that",
    "remind_again": "undoes that",
    "plan_small": "names a size that she typed",
    "plan_smaller": "asks for that size",
    "plan_whole": "undoes that",
    "set_language": "there is one so far",
    "typed_line": "shows an entry of the diary, as others do",
    "way_drop": "undoes a way that was typed",
    "rest_none": "undoes the rest of a date",
    "delete_me": "forgets her",
    "set_numbers": "shows the numbers again",
}
"""Buttons that the walk does not press, and why."""
NOT_YET = ("draft_", "commit")
"""Buttons about a commitment that is not made yet, of which there is nothing to count."""
EACH = 2
"""Buttons of one verb that are pressed; of some verbs more, where each leads elsewhere."""
MORE: dict[str, int] = {
    "fulfilled": 8,
    "page": 9,
    "plan": 9,
    "plan_way": 9,
    "commitment": 12,
    "edit_ways": 9,
    "way_out": 4,
    "set_state": 6,
    "entry": 4,
}
TYPED = (
    "/start",
    "hello",
    "diary",
    "diary film",
    "film sat 6ish",
    "/new",
    "yoga every Sunday at 10:00",
    "/rest",
    "rest",
    "not this time",
    "did it",
    "done with the zebra",
    "/commitments",
    "what?",
)
HARSH = {
    "leave_import",
    "set_state",
    "pause_all",
    "pause",
    "rest_all",
    "rest_until",
    "way_out",
    "entry_out",
    "draft_aside",
    "zone",
    "set_plan",
    "set_follow_up",
    "set_tension",
    "set_facets",
}
"""What takes away what others are about: pressed last."""
SAYS = (
    "sendMessage",
    "editMessageText",
    "sendPhoto",
    "editMessageMedia",
    "answerCallbackQuery",
    "sendDocument",
    "editMessageCaption",
    "editMessageReplyMarkup",
)


def just_fun(tx: Tx, person_id: int) -> None:
    """As /settings does it."""
    person = person_of(tx, person_id)
    assert person is not None
    people.set_numbers(tx, person, shown=False)
    feelings.ask(tx, person, tension=True, facets=True)


def years_of_history(tx: Tx, person_id: int, now: datetime) -> None:
    """Kept weeks, missed ones, covered ones, answers about two ways: all that can be counted."""
    person = person_of(tx, person_id)
    assert person is not None
    for title, ways, days in (
        ("Film or book", ["Film", "Book"], (SATURDAY,)),
        ("映画", ["映画"], (WEDNESDAY, SATURDAY)),
    ):
        schedule = Schedule(days, Part.EVENING, 1, len(days))
        made = commitments.commit(
            tx,
            person,
            title,
            ways,
            schedule,
            now,
            cue="After tea",
        )
        assert isinstance(made, Made)
        for back in (1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 14, 15, 55):
            week = person.week_of(MONDAY.date() - timedelta(weeks=back)).first
            recorded = check_ins.fill_in(tx, person, made.commitment.id, week, now)
            assert isinstance(recorded, Recorded)
            way = made.commitment.ways[back % len(ways)].id
            tx.execute(
                sa.update(rows)
                .where(rows.c.id == recorded.check_in.id)
                .values(way_id=way, fulfilled=bool(back % 3), note="with tea")
            )
    people.set_touches(tx, person, now, plan=True, follow_up=True)


class Walk:
    """Presses whatever it comes across, each verb a few times, the newest first."""

    def __init__(self, anna: Someone) -> None:
        self.anna = anna
        self.pressed: dict[str, set[str]] = defaultdict(set)

    @property
    def unseen(self) -> set[str]:
        """The verbs that it has not come across."""
        seen = self.pressed.keys() | LEFT_ALONE.keys()
        return {verb for verb in ROUTES.presses.keys() - seen if not verb.startswith(NOT_YET)}

    async def says(self, line: str) -> None:
        """Type a line, and press what comes of it."""
        await self.anna.says(line)
        await self.presses_all()

    async def presses_all(self) -> None:
        """Until there is nothing new in the chat."""
        waiting = await self._new()
        while waiting:
            waiting.sort(key=lambda button: button[1].split(":")[1] in HARSH, reverse=True)
            await self.presses(*waiting.pop())
            waiting += await self._new()

    async def _new(self) -> list[tuple[int, str]]:
        return [
            (message["message_id"], button["callback_data"])
            for message in await self.anna.messages()
            for row in message["inline_keyboard"] or ()
            for button in row
            if "callback_data" in button and self._takes(button["callback_data"])
        ]

    def _takes(self, data: str) -> bool:
        verb = data.split(":")[1]
        if (
            verb in LEFT_ALONE
            or data in self.pressed[verb]
            or len(self.pressed[verb]) >= MORE.get(verb, EACH)
        ):
            return False
        self.pressed[verb].add(data)
        return True

    async def presses(self, message: int, data: str) -> None:
        """Press one button, and wait until that is answered."""
        calls = await self.anna.telegram.ask("calls", method="answerCallbackQuery")
        last = calls[-1]["number"] if calls else 0
        await self.anna.telegram.ask("press", person=self.anna.id, message_id=message, data=data)

        async def answered() -> bool:
            found = await self.anna.telegram.ask("calls", method="answerCallbackQuery", since=last)
            return bool(found)

        await eventually(answered, f"an answer to {data}")


def words_in(call: dict[str, Any]) -> Iterator[str]:
    """What a person reads of a call: words, captions, labels, toasts."""
    wish = call["parameters"]
    for name in ("text", "caption", "media", "reply_markup"):
        if name in wish:
            yield from _strings(wish[name])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in "[{":
        value = json.loads(value)
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in ("callback_data", "url", "media", "type", "parse_mode"):
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str):
        yield html.unescape(re.sub("<[^<>]*>", "", value))


def counted_in(words: str) -> str | None:
    """What is left that looks like a count, dates and clock times aside."""
    left = NOT_THEIRS.sub("", ALLOWED.sub("", words))
    return words if COUNTED.search(left) else None


async def test_whatever_she_opens_nothing_of_hers_is_counted(
    town: Town, berliner: Someone, monkeypatch: pytest.MonkeyPatch
):
    for limit in ("FLOOD", "FLOOD_OF_PRESSES"):
        monkeypatch.setattr(f"bot.receiver.{limit}", 100_000)  # nobody is so fast
    now = await town.telegram.now()
    await town.parts.database.write(just_fun, berliner.id)
    await town.telegram.ask("calls", clear=True)
    walk = Walk(berliner)
    await walk.says("tea every Sunday at 10:00")
    await town.parts.database.write(years_of_history, berliner.id, now)
    for line in (
        "diary film",
        "/week",
        *(f"/{name}" for name in ROUTES.commands if name not in OURS),
        *TYPED,
    ):
        await walk.says(line)
    await town.parts.database.write(years_of_history, berliner.id, now)
    for line in ("cancel", "/done", "/done", "/week"):
        await walk.says(line)
    for _ in range(4):
        await town.telegram.jump("P1W")
        await walk.presses_all()
    for line in ("/week", "/commitments", "/streaks", "diary", "/settings"):
        await walk.says(line)
    await berliner.sends(A_FILE)
    await walk.presses_all()
    shown = (await berliner.messages())[-1]["message_id"]
    for verb in sorted(walk.unseen):
        if not ROUTES.presses[verb].converters:  # offered in some state or other
            await walk.presses(shown, f"1:{verb}")
            walk.pressed[verb].add(verb)
            await walk.presses_all()
    calls = await town.telegram.ask("calls")
    said = {words for call in calls if call["method"] in SAYS for words in words_in(call)}
    wrong = sorted(filter(None, map(counted_in, said)))
    assert not walk.unseen
    assert not wrong


async def test_the_picture_says_no_number_but_the_year_and_is_as_dark_as_wished(
    town: Town, berliner: Someone
):
    await town.parts.database.write(years_of_history, berliner.id, await town.telegram.now())
    await town.parts.database.write(just_fun, berliner.id)

    def look(tx: Tx) -> YearPage:
        person = person_of(tx, berliner.id)
        assert person is not None
        kept = overviews.kept(tx, person, MONDAY)
        return YearPage(person, MONDAY.year, MONDAY.date(), kept)

    page = await town.parts.database.read(look)
    svg = year_pages.picture_of(page)
    said = re.findall(r">([^<>]+)<", svg)
    assert str(MONDAY.year) in said
    assert [words for words in said if re.search(r"\d", words)] == [str(MONDAY.year)]
    assert {mark for one in page.shown for mark in year_pages.marks_of(page, one)} == {
        Mark.KEPT,
        Mark.NOTHING,
    }
    assert LIGHT.ground in svg
    dark = replace(page, person=replace(page.person, pictures=Pictures.DARK))
    assert DARK.ground in year_pages.picture_of(dark)
    assert LIGHT.ground not in year_pages.picture_of(dark)


async def test_what_was_missed_while_away_is_not_counted(town: Town, berliner: Someone):
    await town.parts.database.write(years_of_history, berliner.id, await town.telegram.now())

    def theirs(tx: Tx) -> list[Kept]:
        person = person_of(tx, berliner.id)
        assert person is not None
        return overviews.kept(tx, person, MONDAY)

    kept = await town.parts.database.read(theirs)
    missed = [(kept[0].commitment, n, MONDAY.date()) for n in range(9)]
    told = reminders.outage(missed, MONDAY, MONDAY, ZoneInfo("Europe/Berlin"))
    assert "And more" in told
    steady = kept[0].commitment
    for words in (told, fading.offer(steady), fading.after_a_miss(steady), fading.has_faded()):
        assert counted_in(words) is None
