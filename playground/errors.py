"""Telegram's refusals: a code, a sentence, sometimes parameters."""

from typing import Any


class RefusedError(Exception):
    """A call that Telegram answers with `ok: false`; the text is Telegram's own."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Give the JSON object that goes out, as Telegram words it."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad(description: str, **parameters: Any) -> RefusedError:
    """Refuse with 400, the answer to nearly every wrong call."""
    return RefusedError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> RefusedError:
    """Refuse with 403: the person or the chat does not want the bot."""
    return RefusedError(403, f"Forbidden: {description}")


def conflict(description: str) -> RefusedError:
    """Refuse with 409: two receivers want the same updates."""
    return RefusedError(409, f"Conflict: {description}")


def too_many_requests(seconds: int) -> RefusedError:
    """Refuse with 429 and say for how many seconds to be quiet."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
