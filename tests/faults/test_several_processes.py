"""Several processes on one PostgreSQL: one send budget, one that polls, and nothing done twice."""

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import hearing
from habits.budget import BURST
from habits.clock import boottime
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_kills import check_ins, press_once
from tests.habits.test_budget import most_in_any_second
from tests.process import Program, eventually, free_port

RATE = 25
SPOKEN = ("sendMessage", "editMessageText")


@pytest.fixture
async def served(tmp_path: Path, place: sa.URL) -> AsyncIterator[Rig]:
    """A rig on PostgreSQL, at the default rate."""
    address = place.render_as_string(hide_password=False)
    async with rig(tmp_path, DATABASE_URL=address, SEND_RATE=str(RATE)) as made:
        yield made


def another(rig: Rig, folder: Path, name: str, **settings: str) -> Program:
    """One more process of the same bot, with a directory of its own; not started yet."""
    given = {key: value for key, value in rig.program.settings.items() if key != "LETLOOSE_LISTEN"}
    (folder / name).mkdir(mode=0o700)
    named = {f"LETLOOSE_{key}": value for key, value in settings.items()}
    return Program(folder / name, given | named, module="tests.faults.launch")


@asynccontextmanager
async def started(*programs: Program) -> AsyncIterator[None]:
    """All of them running while the block lasts."""
    try:
        for each in programs:
            await asyncio.to_thread(each.start)
        yield
    finally:
        for each in programs:
            each.kill()


def moments(calls: list[dict[str, Any]]) -> list[float]:
    return [call["boottime"] for call in calls]


async def test_three_processes_send_no_more_in_a_second_than_one_may(served: Rig, tmp_path: Path):
    due = await served.seed(110)
    pressing = await served.seed(12, due_in=None, first=FIRST + 500)
    two = [another(served, tmp_path, name) for name in ("second", "third")]
    async with started(served.program, *two):
        await press_once(served, pressing, pause=0.1)
        await served.sent(len(due))
        await served.handled()
        spoken = await served.calls(*SPOKEN)
        assert RATE / 2 < most_in_any_second(moments(spoken)) <= RATE + BURST
        arrived = await served.arrived()
        assert {arrived[person] for person in due} == {1}
        assert [each.stop() for each in two] == [0, 0]


async def test_a_pause_for_the_whole_bot_silences_every_process(served: Rig, tmp_path: Path):
    asked, hears_within = 5, 1.5
    due = await served.seed(90)
    for chat in (due[3], due[4]):
        how = {"code": 429, "description": "Too Many Requests: retry after 5"}
        await served.fails(
            "answer", chat=chat, method="sendMessage", parameters={"retry_after": asked}, **how
        )
    other = another(served, tmp_path, "second")
    async with started(served.program, other):

        async def two_refused() -> bool:
            return len(await refused(served)) == 2

        await eventually(two_refused, "two chats' 429", 30)
        told_at = moments(await refused(served))[-1]
        await served.sent(len(due), 60)
        calls = moments(await served.calls("sendMessage"))
        silent = [at for at in calls if told_at + hears_within < at < told_at + asked]
        assert silent == []
        assert boottime() > told_at + asked
        arrived = await served.arrived()
        assert {arrived[person] for person in due} == {1}


async def refused(rig: Rig) -> list[dict[str, Any]]:
    return [call for call in await rig.calls("sendMessage") if call["status"] == 429]


def claims_hold(programs: Iterable[Program], seconds: int) -> None:
    """Let what a process has taken on lapse sooner than in earnest."""
    for each in programs:
        each.settings["FAULT_LEASE"] = str(seconds)


def polling(rig: Rig) -> str | None:
    """Which process polls, by the name that it gives itself."""
    rows = rig.rows("SELECT process FROM duties")
    return rows[0][0] if rows else None


async def somebody_polls(rig: Rig, but: str | None = None) -> None:
    async def found() -> bool:
        return polling(rig) not in (None, but)

    await eventually(found, "somebody who polls", 30)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_process_polls_when_the_one_that_did_falls_silent(
    served: Rig, tmp_path: Path, how: signal.Signals
):
    other = another(served, tmp_path, "second")
    claims_hold([served.program, other], 2)
    [person] = await served.seed(1, due_in=None)
    async with started(served.program):
        await somebody_polls(served)
        first = polling(served)
        async with started(other):
            await served.healthy()
            silence(served.program, how)
            await served.telegram.ask("say", person=person, text="/week")
            await somebody_polls(served, but=first)
            await answered(served, {person: 1})
            if how == signal.SIGSTOP:
                silence(served.program, signal.SIGCONT)
            await served.handled()
            assert await answers(served) == {person: 1}


@dataclass
class Way:
    """A way to Telegram that can be cut, or let everything hang, and be opened again."""

    to: int
    port: int = field(default_factory=free_port)
    doors: list[asyncio.Server] = field(default_factory=list)
    ends: list[asyncio.StreamWriter] = field(default_factory=list)
    flows: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        await self.open()
        try:
            yield
        finally:
            self.cut()

    async def open(self) -> None:
        self.flows.set()
        if not self.doors:
            self.doors.append(await asyncio.start_server(self._carry, "127.0.0.1", self.port))

    def hang(self) -> None:
        self.flows.clear()

    def cut(self) -> None:
        while self.doors:
            self.doors.pop().close()
        while self.ends:
            self.ends.pop().transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, there = await asyncio.open_connection("127.0.0.1", self.to)
        self.ends += [writer, there]
        await asyncio.gather(self._pass_on(reader, there), self._pass_on(back, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await reader.read(2**16):
                await self.flows.wait()
                writer.write(content)
        writer.close()


@pytest.mark.parametrize("blocked", [Way.cut, Way.hang])
async def test_another_polls_when_only_the_way_of_the_one_that_did_is_blocked(
    served: Rig, tmp_path: Path, blocked: Callable[[Way], None]
):
    other, way = another(served, tmp_path, "second"), Way(served.server.port)
    served.program.settings["LETLOOSE_API_URL"] = f"http://127.0.0.1:{way.port}"
    async with way.opened(), started(served.program):
        await somebody_polls(served)
        first = polling(served)

        async def polls_again() -> bool:  # who was cut off takes the duty and gives it back
            return polling(served) == first

        async with started(other):
            blocked(way)
            await somebody_polls(served, but=first)
            await way.open()
            assert await asyncio.to_thread(other.stop) == 0
            await eventually(polls_again, "the first to poll again")


def test_in_earnest_another_polls_within_the_seconds_that_the_docs_tell():
    falls_silent = max(hearing.POLLING_LASTS, hearing.POLLS_FOR + hearing.ANSWERS_WITHIN)
    assert falls_silent + hearing.LOOKS_WHO_POLLS < 25
    assert hearing.POLLING_LASTS > hearing.POLLS_FOR


def silence(program: Program, how: signal.Signals) -> None:
    if how == signal.SIGKILL:
        program.kill()
        return
    assert program.process is not None
    program.process.send_signal(how)


async def answers(rig: Rig) -> Counter[int]:
    """How many messages each chat got that were no reminder."""
    calls = await rig.calls("sendMessage")
    return Counter(call["chat"] for call in calls if "Time for" not in call["parameters"]["text"])


async def answered(rig: Rig, wanted: dict[int, int]) -> None:
    async def all_of_them() -> bool:
        found = await answers(rig)
        return all(found[person] >= count for person, count in wanted.items())

    await eventually(all_of_them, f"answers to {wanted}", 30)


async def test_what_changes_nothing_is_answered_once_as_well(served: Rig, tmp_path: Path):
    """Each claims what it handles: a second answer would do no harm but to be one."""
    others = [another(served, tmp_path, name) for name in ("second", "third")]
    asking = await served.seed(12, due_in=None)
    async with started(served.program, *others):
        for person in asking:
            for text in ("/week", "/help", "/week"):
                await served.telegram.ask("say", person=person, text=text)
        await answered(served, dict.fromkeys(asking, 3))
        await served.handled()
        assert await answers(served) == dict.fromkeys(asking, 3)
        for person in asking:
            said = [call for call in await served.calls("sendMessage") if call["chat"] == person]
            texts = [call["parameters"]["text"] for call in said]
            assert texts[0] == texts[2] != texts[1]  # and in order


async def test_roles_share_the_work_and_each_is_healthy_by_its_own(served: Rig, tmp_path: Path):
    listen = f"127.0.0.1:{free_port()}"
    served.program.command = ("run", "--role", "receive")
    dispatching = another(served, tmp_path, "second", LISTEN=listen)
    dispatching.command = ("run", "--role", "dispatch")
    due = await served.seed(20)
    pressing = await served.seed(10, due_in=None, first=FIRST + 500)
    async with started(served.program):
        await press_once(served, pressing)
        await served.handled()
        assert served.states()["sent"] == 0
        assert await served.calls("getUpdates") != []
        async with started(dispatching):
            await served.sent(len(due))
            assert polling(served) is not None
            for address in (served.program.settings["LETLOOSE_LISTEN"], listen):
                await green(served, address)
    arrived = await served.arrived()
    assert {arrived[person] for person in due} == {1}
    assert "another copy of this bot is polling" not in served.program.log + dispatching.log


async def test_processes_whose_clocks_disagree_send_each_message_once(served: Rig, tmp_path: Path):
    """40 seconds apart, each as far from Telegram's as the guard lets pass."""
    slow = another(served, tmp_path, "second")
    claims_hold([served.program, slow], 4)
    served.program.settings["FAULT_CLOCK"], slow.settings["FAULT_CLOCK"] = "20", "-20"
    due = await served.seed(60, due_in=-25)  # for both of them
    soon = await served.seed(10, due_in=2, first=FIRST + 300)  # so far only for one
    pressing = await served.seed(20, due_in=None, first=FIRST + 500)
    async with started(served.program, slow):
        await press_once(served, pressing, pause=0.1)
        await served.sent(len(due) + len(soon))
        await served.handled()
        assert check_ins(served) == dict.fromkeys(pressing, 1)
        arrived = await served.arrived()
        assert {arrived[person] for person in (*due, *soon)} == {1}
        sent_at = "SELECT extract(epoch FROM max(sent_at) - min(sent_at)) FROM deliveries"
        assert served.rows(sent_at)[0][0] > 30  # so their clocks did disagree, and both sent
        assert "nothing is sent: the clock" not in served.program.log + slow.log


async def test_processes_whose_clocks_disagree_keep_to_a_chats_pause_alike(
    served: Rig, tmp_path: Path
):
    fast = another(served, tmp_path, "second")
    [person] = await served.seed(1, due_in=-25)
    await served.telegram.ask("person", id=person, name="Anna", started=True)
    wait = {"retry_after": 6}
    await served.fails("answer", chat=person, code=429, description="x", parameters=wait)
    served.program.settings["FAULT_CLOCK"], fast.settings["FAULT_CLOCK"] = "-20", "20"
    async with started(served.program):
        await eventually(lambda: refused(served), "a refusal")
        async with started(fast):
            await served.sent(1)
    first, second = await served.calls("sendMessage")
    assert second["came"] - first["boottime"] >= 6
    assert first["chat"] == second["chat"] == person


async def green(rig: Rig, address: str) -> None:
    async def is_so() -> bool:
        async with rig.telegram.http.get(f"http://{address}/healthz") as response:
            return response.status == 200

    await eventually(is_so, f"a green {address}", 20)


async def test_processes_replaced_one_after_another_lose_and_double_nothing(
    served: Rig, tmp_path: Path
):
    served.program.settings["LETLOOSE_SEND_RATE"] = "50"
    programs = [served.program]
    for number, role in enumerate(("receive", "dispatch", "dispatch")):
        each = another(served, tmp_path, f"number {number}")
        each.command = ("run", "--role", role)
        programs.append(each)
    served.program.command = ("run", "--role", "receive")
    due = await served.seed(150, over=6)
    pressing = await served.seed(80, due_in=None, first=FIRST + 500)
    async with started(*programs):
        pressed = asyncio.create_task(press_once(served, pressing, pause=0.1))
        for each in programs:
            assert await asyncio.to_thread(each.stop) == 0
            await asyncio.to_thread(each.start)
        await pressed
        await served.sent(len(due))
        await served.handled()
        assert check_ins(served) == dict.fromkeys(pressing, 1)
        arrived = await served.arrived()
        assert {arrived[person] for person in due} == {1}


async def test_receivers_of_a_webhook_handle_an_update_once_whoever_is_brought_it(
    served: Rig, tmp_path: Path
):
    listens = [served.program.settings["LETLOOSE_LISTEN"], f"127.0.0.1:{free_port()}"]
    named = {"WEBHOOK_URL": f"http://{listens[0]}/telegram", "WEBHOOK_SECRET": "a-secret"}
    other = another(served, tmp_path, "second", LISTEN=listens[1], **named)
    served.program.settings |= {f"LETLOOSE_{name}": value for name, value in named.items()}
    served.program.command = other.command = ("run", "--role", "receive")
    [person] = await served.seed(1, due_in=None)
    someone = {"id": person, "is_bot": False, "first_name": "P"}
    message = {"message_id": 9, "date": 1_790_000_000, "text": "/week", "from": someone}
    update = {"update_id": 77, "message": message | {"chat": {"id": person, "type": "private"}}}
    header = {"X-Telegram-Bot-Api-Secret-Token": "a-secret"}
    async with started(served.program, other):
        for listen in listens * 2:
            path = f"http://{listen}/telegram"
            async with served.telegram.http.post(path, json=update, headers=header) as response:
                assert response.status == 200
        await answered(served, {person: 1})
        await served.handled()
        assert await answers(served) == {person: 1}
