"""The judge of recorded calls lets right ones pass and tells wrong ones."""

import pytest

from tests.bot_api import judge
from tests.telegram_calls import WrongCallError


def test_what_reads_like_a_number_may_be_a_text():
    judge([{"method": "sendMessage", "parameters": {"chat_id": "1001", "text": "42"}}])
    answer = {"callback_query_id": "7", "show_alert": "true"}
    judge([{"method": "answerCallbackQuery", "parameters": answer}])


@pytest.mark.parametrize(
    "parameters",
    [
        {"chat_id": "1001"},
        {"chat_id": "1001", "text": "tea", "notify": "true"},
        {"chat_id": "1001", "text": "tea", "reply_markup": '{"inline_keyboard": [[{}]]}'},
        {"chat_id": "1001", "text": "tea " * 2000},
    ],
)
def test_a_call_that_telegram_would_not_take_as_meant_is_told(parameters: dict[str, str]):
    with pytest.raises(WrongCallError):
        judge([{"method": "sendMessage", "parameters": parameters}])
