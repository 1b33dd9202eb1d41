"""What was owed against what arrived, in the form of Jepsen's test of Chronos.

Every slot that was owed has a window; each is matched to a message that arrived inside its own.
Times are seconds on one clock that nobody can step. Nothing here looks anything up: it is given
what was owed and the record of Telegram's side, so it can be tested by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HEARD_WITHIN = 1.0
"""Seconds until a pause that Telegram asks for is known to all that send for us."""
LATE_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A reminder that is owed to a chat, from when it is due until it is not worth sending."""

    chat: int
    due: float
    until: float


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it reached Telegram.

    reminds: whether it was about a slot. arrived: whether the chat got it. told: whether we were
    told so. pause: the seconds that Telegram asked us to wait in its place.
    """

    chat: int
    at: float
    reminds: bool = True
    arrived: bool = True
    told: bool = True
    pause: float | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """A reminder that came inside its window and still later than it should."""

    slot: Slot
    seconds: float


@dataclass(frozen=True, slots=True)
class Ban:
    """Telegram's wish that nothing is sent to a chat (None: to anybody) for a while."""

    chat: int | None
    began: float
    ended: float

    def forbids(self, said: Said) -> bool:
        """Whether it was known by then, and meant this chat."""
        return self.began + HEARD_WITHIN <= said.at < self.ended and self.chat in (None, said.chat)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the record says of the promises.

    fastest: the most messages within any second. ambiguous: reminders that arrived while we were
    told nothing of it; each may rightly come again.
    """

    owed: int = 0
    missed: tuple[Slot, ...] = ()
    extra: tuple[Said, ...] = ()
    late: tuple[Late, ...] = ()
    worst: float = 0.0
    fastest: int = 0
    banned: tuple[Said, ...] = ()
    ambiguous: int = 0

    def breaches(self, *, copies: int, fastest: int) -> list[str]:
        """Which promises were broken, a sentence each.

        copies: how many the crashes allow, beside one for each ambiguous answer.
        """
        found = []
        if self.missed:
            found.append(f"{len(self.missed)} missed, such as {self.missed[0]}")
        if len(self.extra) > copies + self.ambiguous:
            found.append(f"{len(self.extra)} extra, {copies} + {self.ambiguous} allowed")
        if self.banned:
            found.append(f"{len(self.banned)} sent during a ban, such as {self.banned[0]}")
        if self.fastest > fastest:
            found.append(f"{self.fastest} sent within a second, {fastest} allowed")
        return found


@dataclass
class _Matched:
    """What matching brings to light, chat by chat."""

    missed: list[Slot] = field(default_factory=list)
    extra: list[Said] = field(default_factory=list)
    pairs: list[tuple[Slot, Said]] = field(default_factory=list)


def check(
    slots: Sequence[Slot],
    said: Sequence[Said],
    *,
    ends: Sequence[float] = (),
    late_after: float = LATE_AFTER,
) -> Verdict:
    """Hold the record against what was owed.

    ends: when a process was killed or paused. What it had just been told may be lost with it, so
    a ban is only held against us where nothing ended before it could be written down.
    """
    matched = _match(slots, [each for each in said if each.reminds and each.arrived])
    waits = [Late(slot, each.at - slot.due) for slot, each in matched.pairs]
    bans = [ban for ban in bans_of(said) if not _was_cut_off(ban, ends)]
    return Verdict(
        owed=len(slots),
        missed=tuple(matched.missed),
        extra=tuple(matched.extra),
        late=tuple(late for late in waits if late.seconds > late_after),
        worst=max((late.seconds for late in waits), default=0.0),
        fastest=most_in_a_second([each.at for each in said]),
        banned=tuple(each for each in said if any(ban.forbids(each) for ban in bans)),
        ambiguous=sum(each.reminds and each.arrived and not each.told for each in said),
    )


def _match(slots: Iterable[Slot], arrived: Iterable[Said]) -> _Matched:
    """Each slot takes the first message inside its window that no slot before it took."""
    messages = defaultdict(list)
    for each in sorted(arrived, key=lambda each: each.at):
        messages[each.chat].append(each)
    matched = _Matched()
    for slot in sorted(slots, key=lambda slot: slot.due):
        waiting = messages[slot.chat]
        fits = next((each for each in waiting if slot.due <= each.at <= slot.until), None)
        if fits is None:
            matched.missed.append(slot)
        else:
            waiting.remove(fits)
            matched.pairs.append((slot, fits))
    matched.extra = [each for left in messages.values() for each in left]
    return matched


def bans_of(said: Iterable[Said]) -> Iterator[Ban]:
    """A 429 is a ban of its chat; while another chat's lasts, one of the whole bot."""
    running: list[Ban] = []
    for each in sorted(said, key=lambda each: each.at):
        if each.pause is None:
            continue
        ban = Ban(each.chat, each.at, each.at + each.pause)
        running = [other for other in running if other.ended > each.at]
        yield ban
        if any(other.chat != each.chat for other in running):
            yield Ban(None, ban.began, ban.ended)
        running.append(ban)


def _was_cut_off(ban: Ban, ends: Sequence[float]) -> bool:
    return any(ban.began <= end <= ban.began + HEARD_WITHIN for end in ends)


def most_in_a_second(moments: Iterable[float]) -> int:
    """The most moments that any second holds."""
    ordered = sorted(moments)
    first = most = 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
