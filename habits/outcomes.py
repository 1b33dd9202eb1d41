"""What may become of a message that was claimed to be sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """Telegram never got it; try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have arrived. quiet: it most likely did.

    likely: False where it hardly did; then it is sent again however often that happens.
    """

    why: str
    quiet: bool = False
    likely: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """Telegram asks us to wait so many seconds (429)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """They blocked us ("blocked") or are gone ("gone")."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not take the message as we wrote it: our mistake."""

    why: str


@dataclass(frozen=True, slots=True)
class Idle:
    """There is nothing to say any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """Writing the message raised: our mistake, tried a few times."""

    why: str


Outcome = Sent | NotSent | Unsure | Wait | OutOfReach | Refused | Idle | Crashed
