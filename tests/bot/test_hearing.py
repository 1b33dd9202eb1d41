"""Polling by one of several processes, and what counts as a sign that updates come."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, TelegramError

from bot import hearing
from bot.hearing import Hearing
from habits.storage.database import Database
from tests.conftest import on_postgresql, on_sqlite


class Refusing:
    """A Bot API that answers getUpdates alike for ever, and is asked to leave the webhook."""

    def __init__(self, refusal: TelegramError) -> None:
        self.refusal = refusal
        self.left_webhook = 0

    async def delete_webhook(self, **_: Any) -> bool:
        self.left_webhook += 1
        return True

    async def do_api_request(self, *_: Any, **__: Any) -> Any:
        raise self.refusal


async def nothing(_: Sequence[Any] | float) -> None:
    """Neither updates nor silence are of interest."""


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LOOKS_WHO_POLLS", 0.1)
    monkeypatch.setattr(hearing, "POLLING_LASTS", 0.5)
    monkeypatch.setattr(hearing, "PAUSES", (0.05, 0.2, 1.0))


@on_postgresql
@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize("refusal", [Conflict("x"), InvalidToken("x")])
async def test_processes_that_are_all_refused_take_no_try_of_another_for_a_sign(
    database: Database, refusal: TelegramError
):
    """So that /healthz is red on each of them."""
    bot: Any = Refusing(refusal)
    hearings = [Hearing(bot, database, name, nothing, nothing) for name in ("one", "other")]
    polling = [asyncio.create_task(each.poll()) for each in hearings]
    await asyncio.sleep(4)
    heard_at = [each.heard_at for each in hearings]
    await asyncio.sleep(4)
    assert [each.heard_at for each in hearings] == heard_at
    for each in polling:
        each.cancel()
    await asyncio.gather(*polling, return_exceptions=True)


@on_sqlite
@pytest.mark.usefixtures("in_a_hurry")
async def test_a_webhook_that_somebody_sets_while_we_poll_is_left_again(database: Database):
    bot: Any = Refusing(Conflict("can't use getUpdates method while webhook is active"))
    polling = asyncio.create_task(Hearing(bot, database, "one", nothing, nothing).poll())
    await asyncio.sleep(1)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    assert bot.left_webhook > 1
