"""A commitment on its way: what is known of it, and what is asked next.

Every way to begin one (/start, /new, a sentence) ends here: without a zone the zone is asked
for, then it is shown and counts with one tap. The draft waits in the conversation.
"""

from dataclasses import dataclass, field
from typing import Any

from bot import zone_buttons
from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.texts import drafts, zones
from habits import occasions
from habits.rules.schedule import Schedule
from habits.storage.rows import new_id, time_from, time_to

CONFIRM, ZONE = "confirm", "zone"
"""The steps of a conversation that wait for a tap on Yes, and for where the person is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """id: what the buttons of its questions name, so that an older draft's press is known."""

    title: str
    ways: tuple[str, ...]
    schedule: Schedule
    id: int = field(default_factory=new_id)


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as a conversation keeps it."""
    schedule = draft.schedule
    return {
        "id": draft.id,
        "title": draft.title,
        "ways": list(draft.ways),
        "days": list(schedule.days),
        "at": time_to(schedule.at),
        "every": schedule.every,
        "target": schedule.target,
        "once": schedule.once,
    }


def from_json(kept: dict[str, Any]) -> Draft:
    """The draft that a conversation kept."""
    schedule = Schedule(
        tuple(kept["days"]), time_from(kept["at"]), kept["every"], kept["target"], kept["once"]
    )
    return Draft(kept["title"], tuple(kept["ways"]), schedule, kept["id"])


async def go_on(context: Context, draft: Draft) -> None:
    """Ask for what is missing, or show it for the last tap."""
    if context.person.zone is None:
        await context.remember(ZONE, draft=to_json(draft))
        await context.show(
            zones.ask(drafts.short(draft.schedule)), zone_buttons.times(context.now, context.person)
        )
        return
    await context.remember(CONFIRM, draft=to_json(draft))
    first = occasions.first_go(context.person, draft.schedule, context.now)
    await context.show(
        drafts.confirm(draft.title, draft.ways, draft.schedule, first, context.zone),
        keyboard(
            [
                button(plain("Yes, that's it"), "commit", draft.id),
                button(plain("Change"), "redraft", draft.id),
            ]
        ),
    )
