"""Nobody sees or changes what is somebody else's: every button, command, answer and reader.

What is missing from a table here fails a test, so that nothing new is left out.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot import receiver
from bot.draft import to_json
from bot.drafting import blank
from bot.features import FEATURES
from bot.routing import routes_of
from bot.texts import everywhere
from bot.texts.diary import gone
from habits import conversations
from habits.conversations import Conversation
from habits.storage.ids import new_id
from tests.a_monday import MONDAY
from tests.bot.a_life import PERSONAL, Ids, Rows, lay_down, put_back, rows_of
from tests.bot.test_importing import film
from tests.conftest import Town
from tests.process import eventually

ROUTES = routes_of(FEATURES)
ANNA, BORIS, CARA = 1001, 2002, 3003
WORD, HIS_WORD = "Zwetschge", "Apricot"
WEEK = (MONDAY.date() - timedelta(weeks=1)).toordinal()
TODAY = MONDAY.date().toordinal()
SATURDAY = TODAY + 5

ABOUT_HERS = {
    "did": "{turn}",
    "did_more": "{commitment}",
    "didnt": "{turn}",
    "unanswer": "{answered}",
    "rest": "{turn}",
    "unrest": f"{{other}}:{WEEK}",
    "later": "{turn}",
    "later_at": "{turn}:tomorrow",
    "way": "{entry}:{way}",
    "other_way": "{entry}",
    "fulfilled": "{entry}:n",
    "undo_check_in": "{entry}",
    "commitment": "{commitment}",
    "set_state": "{commitment}:{version}:archived",
    "undo": "{change}",
    "edit_ways": "{commitment}",
    "way_out": "{commitment}:{way}",
    "way_back": "{commitment}:{old_way}",
    "way_drop": "{commitment}:{old_way}",
    "diary_at": f"{TODAY}:{{entry}}",
    "edit_title": "{commitment}",
    "edit_days": "{commitment}",
    "edit_time": "{commitment}",
    "edit_often": "{commitment}",
    "edit_target": "{commitment}",
    "edit_cue": "{commitment}",
    "new_way": "{commitment}",
    "tick_days": "{commitment}:56",
    "set_when": "{commitment}:{version}:56.1930.1.2.0",
    "cue_off": "{commitment}:{version}",
    "entry": "{entry}",
    "typed_line": "{entry}",
    "did_on": f"{{commitment}}:{TODAY}",
    "entry_felt": "{entry}:n",
    "entry_ways": "{entry}",
    "entry_way": "{entry}:{way}",
    "entry_days": "{entry}",
    "entry_day": f"{{entry}}:{WEEK}",
    "entry_line": "{entry}",
    "entry_no_line": "{entry}",
    "entry_undo": "{entry_change}",
    "tension": "{entry}:before:3",
    "facet": "{entry}:relaxed:on",
    "entry_out": "{entry}",
    "entry_back": "{taking_out}:{out}",
    "fade": "{commitment}",
    "fade_again": f"{{commitment}}:{TODAY}",
    "remind_again": "{commitment}",
    "import": "{import}",
    "leave_import": "{import}",
    "undo_import": "{imported}",
    "speak": "{commitment}",
    "smaller": "{commitment}",
    "pause": "{commitment}",
    "undo_all": "{pausing}",
    "draft_way": "{draft}:{mark}:y",
    "draft_ways": "{draft}",
    "draft_when": "{draft}:6:evening",
    "draft_other": "{draft}",
    "draft_day": "{draft}:6:y",
    "draft_days": "{draft}",
    "draft_part": "{draft}:{revision}:evening",
    "draft_often": "{draft}:{revision}:2",
    "draft_option": "{draft}:{revision}:0",
    "draft_change": "{draft}",
    "draft_redo": "{draft}:title",
    "draft_back": "{draft}",
    "draft_aside": "{draft}",
    "draft_no_cue": "{draft}",
    "draft_resume": "{draft}",
    "draft_anew": "{draft}",
    "commit": "{draft}:{revision}",
    "ask_plan": "{commitment}:y",
    "weeks": "{commitment}:0",
    "past": f"{{commitment}}:{WEEK}",
    "past_more": f"{{commitment}}:{WEEK}:2",
    "past_undo": "{entry}",
    "past_rest": f"{{commitment}}:{WEEK}",
    "past_unrest": f"{{other}}:{WEEK}",
    "past_clear": f"{{commitment}}:{WEEK}",
    "past_restore": "{clearing}",
    "plan": "{turn}",
    "plan_same": "{turn}",
    "plan_day": "{turn}",
    "plan_put": f"{{turn}}:{SATURDAY + 1}",
    "plan_way": "{turn}",
    "plan_with": "{turn}:{way}",
    "plan_smaller": "{turn}",
    "plan_small": "{turn}:0",
    "plan_whole": "{turn}",
    "pick_now": "{turn}",
    "rest_one": f"{{commitment}}:{TODAY}",
    "counted": "{commitment}",
    "year": f"{{commitment}}:{MONDAY.year}:0",
    "delete_me": f"{{person}}:{int(MONDAY.timestamp())}",
}
"""Buttons that name something, with what is Anna's."""

ABOUT_ONESELF = {
    "typed_new": "",
    "card": "",
    "set_card": "off",
    "feelings": "",
    "set_tension": "on",
    "set_facets": "on",
    "commitments": "0",
    "archived": "0",
    "diary": "",
    "diary_search": "",
    "diary_found": "ZmlsbQ..:0",
    "monthly": "",
    "set_monthly": "on",
    "feed": "",
    "make_feed": "",
    "revoke_feed": "",
    "pause_all": "",
    "close": "",
    "keep_me": "",
    "rests": "",
    "rest_all": str(TODAY),
    "rest_none": str(int(MONDAY.timestamp()) * 10**6),
    "rest_until": str(TODAY + 14),
    "rest_when": "",
    "rest_end": "",
    "settings": "",
    "page": "parts",
    "set_language": "en",
    "part": "evening",
    "set_part": "evening:1140",
    "set_week": "1",
    "set_quiet": "1320:480",
    "set_plan": "on",
    "set_follow_up": "off",
    "set_numbers": "on",
    "set_pictures": "none",
    "which_counted": "",
    "which_weeks": "",
    "which_year": str(MONDAY.year),
    "unwinds": "",
    "pick": "",
    "why": "1",
    "zone": "Europe.Berlin",
    "time": "60:0",
    "times": "0",
    "share_place": "",
}
"""Buttons that name nothing, or a setting: each is about whoever presses."""

REFUSED_TO_ALL = {"draft_option": "all that her draft had to ask is answered"}
"""Buttons about hers that even she cannot press as things stand, and why."""

COMMANDS = {
    "start": "{draft}",
    "new": "book every Monday at 20:00",
    "done": "film",
    "rest": "24.12.",
    "week": "",
    "commitments": "",
    "streaks": "",
    "settings": "",
    "export": "",
    "import": "",
    "help": "",
    "why": "",
    "timezone": "Europe/Berlin",
    "privacy": "",
    "delete_me": "{person}",
}
"""Every command, with what could lead to what is Anna's."""

AT = MONDAY.isoformat()
EDITS = {
    "title": "recorder",
    "cue": "after tea",
    "way": "recorder",
    "days": "Fri and Sat",
    "time": "19:30",
    "often": "every two weeks",
    "target": "1",
}
WAITING: dict[str, list[tuple[dict[str, Any], str]]] = {
    "other_way": [({"check_in": "{entry}"}, "recorder")],
    "diary_search": [({"at": AT}, "film")],
    "edit": [
        ({"what": what, "commitment": "{commitment}", "at": AT}, line)
        for what, line in EDITS.items()
    ],
    "diary_line": [({"entry": "{entry}", "at": AT}, "with tea")],
    "plan_smaller": [({"occasion": "{turn}", "at": AT}, "ten minutes")],
    "rest_until": [({"asked": True}, "24.12.")],
    "draft": [({"draft": to_json(blank())}, "recorder")],
    "set_part": [({"part": "evening"}, "19:00")],
    "set_quiet": [({}, "23:00 to 7:00")],
    "zone": [({}, "Berlin")],
}
"""What we wait for: even one that names what is Anna's changes nothing of hers."""

TYPED = {
    "check_in.read_note": ("it was good",),  # who replies can only reply in a chat of their own
    "check_in.read_more": ("yes", "no", "film"),
    "editing.read_named": ("pause film", "film", "recorder", "delete popcorn"),
    "sentences.read_offered": ("yes", "no"),
    "editing.read_wish": ("move it to Sunday", "change film to 8pm", "move popcorn to Friday"),
    "done.read_typed": (
        "did it",
        "did it yesterday",
        "did film on Saturday",
        "did it last week",
        "done with film",
        "not this time",
        "rest",
    ),
    "diary.read_typed": ("diary", "diary film", "diary popcorn"),
    "sentences.read_sentence": ("film every Saturday at 20:00",),
    "guide.chat": ("hello", "thank you", "cancel", "I want to die"),
    "leftover.offer": ("recorder",),
    "rest.read_rest": ("rest until 24.12.",),
    "zone.read_place": ("Berlin",),
}
"""Lines for whoever reads what is typed."""

FILE = {"name": "mine.json", "mime": "application/json", "content": b64encode(film()).decode()}
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "importing.receive": ("document", FILE),
    "membership.changed": ("block", {"blocked": True}),
    "zone.read_location": ("location", {"latitude": 40.71, "longitude": -74.01}),
}
"""What is neither typed nor pressed, and how it comes about; after the block from who blocked."""


def names(handlers: Any) -> set[str]:
    """Handlers by the file and the name of their functions."""
    return {f"{each.__module__.rpartition('.')[2]}.{each.__qualname__}" for each in handlers}


def test_whatever_can_be_done_is_in_a_table():
    assert not ABOUT_HERS.keys() & ABOUT_ONESELF.keys()
    assert ABOUT_HERS.keys() | ABOUT_ONESELF.keys() == ROUTES.presses.keys()
    assert COMMANDS.keys() == ROUTES.commands.keys()
    assert WAITING.keys() == ROUTES.answers.keys()
    assert TYPED.keys() == names(ROUTES.readers)
    assert OTHERS.keys() == names(each.callback for each in ROUTES.others)


@dataclass
class Neighbours:
    """Anna and Boris, each with a life of their own; Cara, who has never written."""

    town: Town
    ids: Ids
    hers: Rows
    his: Rows
    unheard: int = 0

    async def press(self, person_id: int, data: str) -> list[dict[str, Any]]:
        """Press a button, and give all that was said and shown about it."""
        await self.town.telegram.ask("press", person=person_id, message_id=1, data=data)

        async def answered() -> list[Any]:
            found: list[Any] = await self.town.telegram.ask(
                "calls", method="answerCallbackQuery", since=self.unheard
            )
            return found

        await eventually(answered, f"an answer to {data}")
        return await self.said()

    async def said(self) -> list[dict[str, Any]]:
        """The calls since the last time, once everything is handled."""
        await self.town.parts.receiver.idle()
        calls = await self.town.telegram.ask("calls", since=self.unheard)
        self.unheard = max([self.unheard, *(call["number"] for call in calls)])
        return [call for call in calls if call["method"] != "getUpdates"]

    async def says(self, person_id: int, text: str) -> list[dict[str, Any]]:
        """Type a line, and give all that was said about it."""
        await self.town.telegram.ask("say", person=person_id, text=text)

        async def answered() -> bool:
            calls = await self.town.telegram.ask("calls", since=self.unheard)
            return any(call["method"] != "getUpdates" for call in calls)

        await eventually(answered, f"an answer to {text}")
        return await self.said()

    async def does(self, person_id: int, what: str, wish: dict[str, Any]) -> list[dict[str, Any]]:
        """Do something that may not be answered, and give all that was said about it."""
        await self.town.telegram.ask(what, person=person_id, **wish)

        async def arrived() -> bool:
            return await self.town.telegram.ask("updates") == []

        await eventually(arrived, f"{what} in the inbox")
        return await self.said()

    async def put_back(self, person_id: int) -> None:
        rows = self.hers if person_id == ANNA else self.his
        await self.town.parts.database.write(put_back, person_id, rows)

    async def changed(self) -> list[str]:
        """The tables in which a row of Anna's is not as it was."""
        rows = await self.town.parts.database.read(rows_of, ANNA)
        return [name for name, kept in self.hers.items() if rows[name] != kept]

    async def reached(self, calls: list[dict[str, Any]]) -> list[str]:
        """What is Anna's and was shown or changed; her rows are put back."""
        changed = await self.changed()
        if changed:
            await self.put_back(ANNA)
        return [*self.shown(calls), *changed]

    def shown(self, calls: list[dict[str, Any]]) -> list[str]:
        """The words and ids in these calls that are Anna's."""
        private = [str(each) for each in self.ids.values() if each > 10**6]
        words = json.dumps([wish_of(call) for call in calls])
        return [each for each in (WORD, *private) if each in words]


def wish_of(call: dict[str, Any]) -> dict[str, Any]:
    """What a call says, less what differs each time."""
    passing = ("callback_query_id", "message_id")
    return {
        "method": call["method"],
        **{name: each for name, each in call["parameters"].items() if name not in passing},
    }


def hers(what: str, ids: Ids) -> str:
    return what.format(**ids)


@pytest.fixture(autouse=True)
def _no_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "FLOOD", 10**6)
    monkeypatch.setattr(receiver, "FLOOD_OF_PRESSES", 10**6)


@pytest.fixture
async def neighbours(town: Town) -> Neighbours:
    for number in (ANNA, BORIS, CARA):
        await town.telegram.ask("person", id=number, name=f"P{number}", started=True)
    lives = []
    for number, word in ((ANNA, WORD), (BORIS, HIS_WORD)):
        await town.someone(number).says("/timezone Europe/Berlin")
        now = await town.telegram.now()
        lives.append(await town.parts.database.write(lay_down, number, word, now))
    await town.parts.receiver.idle()
    read = town.parts.database.read
    found = Neighbours(town, lives[0], await read(rows_of, ANNA), await read(rows_of, BORIS))
    await found.said()
    return found


async def test_annas_life_has_a_row_of_every_kind(neighbours: Neighbours):
    assert [name for name, rows in neighbours.hers.items() if not rows] == []
    assert len(neighbours.hers) == len(PERSONAL)
    assert await neighbours.changed() == []
    await neighbours.put_back(ANNA)
    assert await neighbours.changed() == []


async def test_her_own_buttons_are_there_for_her(neighbours: Neighbours):
    """And show what a stranger's must not, so that it would be seen there."""
    refused, shown = [], set()
    for verb, what in ABOUT_HERS.items():
        calls = await neighbours.press(ANNA, f"1:{verb}:{hers(what, neighbours.ids)}")
        said = json.dumps(calls)
        if everywhere.not_there() in said or gone() in said:
            refused.append(verb)
        shown |= set(neighbours.shown(calls))
        await neighbours.put_back(ANNA)
    assert refused == list(REFUSED_TO_ALL)
    assert {WORD, *(str(neighbours.ids[each]) for each in ("commitment", "turn", "entry"))} <= shown


async def test_a_stranger_with_her_buttons_changes_and_sees_nothing(neighbours: Neighbours):
    """And is told what they would be told of an id that nobody has."""
    wrong = []
    nobodys = {name: new_id() if each > 10**6 else each for name, each in neighbours.ids.items()}
    nobodys["person"] = 999_999
    for verb, what in ABOUT_HERS.items():
        told = []
        for ids in (neighbours.ids, nobodys):
            data = f"1:{verb}:{hers(what, ids)}"
            calls = await neighbours.press(BORIS, data)
            told.append([wish_of(call) for call in calls])
            if reached := await neighbours.reached(calls):
                wrong.append((data, reached))
            await neighbours.put_back(BORIS)
        if told[0] != told[1]:
            wrong.append((verb, told))
    assert wrong == []


async def test_buttons_about_oneself_reach_nobody_else(neighbours: Neighbours):
    wrong = []
    for verb, what in ABOUT_ONESELF.items():
        data = f"1:{verb}:{what}".rstrip(":")
        calls = await neighbours.press(BORIS, data)
        if reached := await neighbours.reached(calls):
            wrong.append((data, reached))
        await neighbours.put_back(BORIS)
    assert wrong == []


async def test_who_never_wrote_or_has_blocked_us_reaches_nothing(neighbours: Neighbours):
    await neighbours.town.telegram.ask("block", person=BORIS, blocked=True)
    calls = []
    for person_id in (CARA, BORIS):
        for verb, what in (ABOUT_HERS | ABOUT_ONESELF).items():
            data = f"1:{verb}:{hers(what, neighbours.ids)}".rstrip(":")
            await neighbours.town.telegram.ask("press", person=person_id, message_id=1, data=data)
        calls += await neighbours.press(person_id, "1:keep_me")
    calls += await neighbours.said()
    assert await neighbours.reached(calls) == []
    nothing = await neighbours.town.parts.database.read(rows_of, CARA)
    assert not any(nothing.values())


async def test_commands_and_typed_lines_of_others_reach_nothing(neighbours: Neighbours):
    lines = [f"/{name} {hers(what, neighbours.ids)}" for name, what in COMMANDS.items()]
    lines += [line for several in TYPED.values() for line in several]
    wrong = []
    for line in lines:
        for person_id in (BORIS, CARA):
            calls = await neighbours.says(person_id, line)
            if reached := await neighbours.reached(calls):
                wrong.append((person_id, line, reached))
        await neighbours.put_back(BORIS)
    assert wrong == []


async def test_files_places_and_blocks_of_others_reach_nothing(neighbours: Neighbours):
    wrong = []
    for what, wish in OTHERS.values():
        for person_id in (BORIS, CARA):
            calls = await neighbours.does(person_id, what, wish)
            if reached := await neighbours.reached(calls):
                wrong.append((person_id, what, reached))
        rows = await neighbours.town.parts.database.read(rows_of, BORIS)
        assert rows != neighbours.his, f"{what} did nothing at all"
        await neighbours.put_back(BORIS)
    assert wrong == []


async def test_an_answer_that_names_what_is_hers_changes_nothing(neighbours: Neighbours):
    wrong = []
    waiting = [(step, *each) for step, several in WAITING.items() for each in several]
    for step, about, line in waiting:
        data = {name: planted(each, neighbours.ids) for name, each in about.items()}
        await neighbours.town.parts.database.write(
            conversations.keep, BORIS, Conversation(step, data), MONDAY
        )
        calls = await neighbours.says(BORIS, line)
        if reached := await neighbours.reached(calls):
            wrong.append((step, line, reached))
        await neighbours.put_back(BORIS)
    assert wrong == []


def planted(value: Any, ids: Ids) -> Any:
    """An id in the place of its name."""
    return ids[value[1:-1]] if isinstance(value, str) and value[0] == "{" else value
