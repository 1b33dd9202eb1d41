"""Engine, Bot, Application, loops: in and out in order."""

import asyncio
import logging
import secrets
import signal
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.warnings import PTBUserWarning

from app import alarms, backing_up
from app.alarms import Alarms
from app.health import Health
from app.keys import keys_in
from app.roles import Role
from app.settings import Settings
from app.watchdog import Watchdog
from bot.application import Telegram, build_application, build_bot, publish_commands
from bot.context import House
from bot.courier import TelegramCourier
from bot.hearing import Hearing
from bot.pacing import Pacing
from bot.pictures.studio import Studio
from bot.receiver import AT_ONCE, Receiver
from bot.transport import Transport
from habits import encryption, outages, pauses, settling
from habits.admissions import Admission
from habits.budget import Budget
from habits.clock import Clock, boottime
from habits.erasures import Erasures, erase_again
from habits.shared_budget import SharedBudget
from habits.storage import schema
from habits.storage.database import Database, address, connect
from scheduler.dispatch import Dispatch
from scheduler.guard import Guard, Unknown
from scheduler.timetable import Timetable

PAID_ABOVE = 30
"""Messages a second; Telegram takes more only as paid broadcasts."""
REFUSED_TIMES = 3

_log = logging.getLogger(__name__)


class CannotStart(Exception):
    """Why the program cannot run; one sentence that says what to do."""


class CannotGoOn(Exception):
    """Why this process makes way for a new one; one sentence."""


@dataclass
class Running:
    """The parts of the running program that its surroundings may want to reach."""

    bot: Bot
    database: Database
    clock: Clock
    role: Role
    hearing: Hearing
    receiver: Receiver
    dispatch: Dispatch
    timetable: Timetable
    health: Health
    watchdog: Watchdog


async def run(
    settings: Settings, clock: Clock, name: str, token: str, api_url: str, role: Role
) -> None:
    """Run the bot, or its part in it, until it is cancelled; raises CannotGoOn."""
    async with running(settings, clock, name, token, api_url, role) as parts:
        print(f"@{parts.bot.username} is running: {parts.bot.link}", flush=True)
        await parts.watchdog.barked.wait()
    raise CannotGoOn(parts.watchdog.why)


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM or SIGINT, also while starting; a second one hurries nothing."""
    task = asyncio.ensure_future(work)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    name: str,
    token: str,
    api_url: str,
    role: Role = Role.ALL,
) -> AsyncIterator[Running]:
    """The bot, running while the block lasts; leaving finishes what is under way.

    The schema is there already: migrating may take long, and would hold the event loop up.
    """
    # raw calls are meant: see bot/calls.py
    warnings.filterwarnings("ignore", message=".*do_api_request.*", category=PTBUserWarning)
    url = address(settings.database_url, settings.data_dir, name)
    async with AsyncExitStack() as stack:
        database = connect(url, keys_in(settings))
        stack.callback(database.close)
        await database.write(encryption.begin, clock.now())
        erasures = await _settle(database, settings, name, int(token.partition(":")[0]))
        budget = _budget(settings, database, clock)
        stack.callback(budget.close)
        pacing = Pacing(budget, database, clock)
        bot, transport, polling = build_bot(token, api_url, _in_flight(settings), pacing)
        studio = Studio()
        stack.push_async_callback(studio.close)
        admission = Admission(settings.people == "invite", settings.new_people)
        house = House(database, erasures, studio, settings.public_url, admission)
        application = build_application(bot, house)
        parts = _parts(
            settings, clock, name, database, erasures, application, polling, budget, pacing, role
        )
        await _open_doors(stack, settings, token, parts, budget, pacing)
        await _initialize(application)
        stack.push_async_callback(application.shutdown)
        budget.hold(await database.read(pauses.paused_for, clock.now()))
        guard = Guard(clock, _asks(bot, transport), _resumes(parts))
        await _begin(parts, guard)
        stack.callback(parts.timetable.stop)
        await stack.enter_async_context(_alarms(settings, parts))
        await stack.enter_async_context(_loops(parts, guard, _receiving(settings, token, parts)))
        yield parts


async def _open_doors(
    stack: AsyncExitStack,
    settings: Settings,
    token: str,
    parts: Running,
    budget: Budget,
    pacing: Pacing,
) -> None:
    """Where the settings want it: health, calendar feeds and the webhook; and the metrics."""
    if settings.listen is None and settings.metrics_listen is None:
        return
    from app import feed, web, webhook  # noqa: PLC0415 - a web server is long in coming

    answers: Counter[int] = Counter()
    if settings.listen:
        routes = [*web.health_routes(parts.health), feed.route(parts.database, parts.clock)]
        if settings.webhook_url and parts.role.receives:
            secret = settings.webhook_secret_for(token)
            routes.append(webhook.route(settings.webhook_url, secret, parts.receiver, answers))
        await stack.enter_async_context(web.serving("LETLOOSE_LISTEN", settings.listen, routes))
    if settings.metrics_listen:
        from app.metrics import Metrics  # noqa: PLC0415 - likewise

        metrics = Metrics(parts.database, parts.clock, budget, pacing, answers)
        parts.dispatch.settled = metrics.settled
        routes = [metrics.route(parts.health, parts.hearing)]
        named = "LETLOOSE_METRICS_LISTEN"
        await stack.enter_async_context(web.serving(named, settings.metrics_listen, routes))


async def _settle(database: Database, settings: Settings, name: str, bot_id: int) -> Erasures:
    """Whose database it is, and whom it must not know any more; raises Unusable."""
    await database.write(schema.belong_to, bot_id)
    erasures = backing_up.erasures_of(settings, name, bot_id)
    erased = await asyncio.to_thread(erasures.read)
    again = await database.write(erase_again, erased)
    if again:
        _log.warning("%d people who had asked to be forgotten were in the database again", again)
    return erasures


def _budget(settings: Settings, database: Database, clock: Clock) -> Budget:
    """Of its own where there is one process; shared where there may be others."""
    if database.is_sqlite:
        return Budget(settings.send_rate)
    return SharedBudget(settings.send_rate, database, clock)


def _alarms(settings: Settings, parts: Running) -> AbstractAsyncContextManager[None]:
    """Alarms to the operator, where there is one."""
    if settings.operator is None:
        return nullcontext()
    told = (parts.bot, parts.database, parts.clock, parts.health)
    return alarms.watching(Alarms(*told, settings.operator))


def _in_flight(settings: Settings) -> int:
    return max(4, settings.send_rate // 5) + AT_ONCE


async def _initialize(application: Telegram) -> None:
    """Ask Telegram who we are, for as long as it takes; a refused token is final."""
    refused, pause = 0, 0.5
    while True:
        try:
            await application.initialize()
        except InvalidToken as error:
            refused += 1
            if refused == REFUSED_TIMES:
                raise CannotStart(
                    "Telegram refuses the token: get the current one from @BotFather "
                    "and put it into LETLOOSE_TOKEN."
                ) from error
        except TelegramError as error:
            _log.warning("Telegram cannot be reached (%s); trying again", error)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, 30.0)


def _parts(
    settings: Settings,
    clock: Clock,
    name: str,
    database: Database,
    erasures: Erasures,
    application: Telegram,
    polling: Transport,
    budget: Budget,
    pacing: Pacing,
    role: Role,
) -> Running:
    bot: Bot = application.bot
    paid = settings.send_rate > PAID_ABOVE
    courier = TelegramCourier(bot, database, clock, allow_paid=paid)
    dispatch = Dispatch(database, clock, budget, courier)
    process = secrets.token_hex(8)
    receiver = Receiver(application, database, clock, process, pacing)
    hearing = Hearing(bot, database, process, receiver.take, _unheard(database, clock))
    timetable = Timetable(database, clock, backing_up.daily(settings, name), erasures)
    health = Health(database, clock, hearing, dispatch, timetable, settings.data_dir, role)
    watchdog = Watchdog(hearing, bot, database, polling.renew)
    return Running(
        bot, database, clock, role, hearing, receiver, dispatch, timetable, health, watchdog
    )


def _unheard(database: Database, clock: Clock) -> Callable[[float], Coroutine[Any, Any, None]]:
    async def unheard(seconds: float) -> None:
        """What was pressed while Telegram was out of reach is asked for again."""
        silence = timedelta(seconds=seconds)
        if silence >= outages.PRESSES_LIVE:
            await database.write(outages.unheard, clock.now(), silence)

    return unheard


def _asks(bot: Bot, transport: Transport) -> Callable[[], Coroutine[Any, Any, datetime | Unknown]]:
    async def ask() -> datetime | Unknown:
        """What time it is by Telegram's `Date`, asked now."""
        asked_at, answered = boottime(), True
        try:
            await bot.get_me()
        except TelegramError:
            answered = False
        stated = transport.server_time
        if stated is None or stated[1] < asked_at:
            return Unknown(answered=answered)
        return stated[0] + timedelta(seconds=boottime() - stated[1])

    return ask


def _resumes(parts: Running) -> Callable[[], Coroutine[Any, Any, None]]:
    async def resume() -> None:
        """Once the clock is trusted: what is owed is laid out, then and after every jump."""
        if not parts.role.dispatches:
            return
        if parts.timetable.running:
            await parts.dispatch.beat()  # by the time that is followed from now on
            await parts.timetable.catch_up()
            return
        outage = await parts.database.write(outages.back_again, parts.clock.now())
        if outage:
            _log.warning("we were away from %s to %s", outage.began_at, outage.ended_at)
        await parts.timetable.start()

    return resume


async def _begin(parts: Running, guard: Guard) -> None:
    """What has to be right before anything is sent or received."""
    if parts.database.is_sqlite:  # the only process: nothing is under way any more
        await parts.database.write(settling.free_all, parts.clock.now())
    await guard.first_look()
    try:
        await publish_commands(parts.bot)
    except TelegramError as error:
        _log.warning("the command menu was not published: %s", error)


def _receiving(
    settings: Settings, token: str, parts: Running
) -> Callable[[], Coroutine[Any, Any, None]]:
    if settings.webhook_url is None:
        return partial(_polling, parts)
    secret = settings.webhook_secret_for(token)
    return partial(parts.hearing.listen, settings.webhook_url, secret)


async def _polling(parts: Running) -> None:
    """Ask for updates, and watch that it goes on; the watch outlives what it watches."""
    both = (parts.hearing.poll(), parts.watchdog.watch())
    await asyncio.gather(*both, return_exceptions=True)


@asynccontextmanager
async def _loops(
    parts: Running, guard: Guard, updates: Callable[[], Coroutine[Any, Any, None]]
) -> AsyncIterator[None]:
    """The loops of the role, while the block lasts; sends and updates under way are finished."""
    receives, dispatches = parts.role.receives, parts.role.dispatches
    stopped = [
        guard.run(),
        parts.watchdog.watch_disk(),
        parts.watchdog.watch_loop(),
        *([updates(), parts.receiver.handle()] if receives else []),
    ]
    tasks = [asyncio.create_task(each) for each in stopped]
    finishing = [asyncio.create_task(parts.dispatch.run())] if dispatches else []
    try:
        yield
    finally:
        parts.database.hurry()
        parts.dispatch.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(parts.receiver.finish(), *finishing)
