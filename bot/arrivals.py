"""What of an update is kept, and whose it is; looked at raw, before anything else reads it."""

import json
from collections.abc import Mapping
from typing import Any

from bot.places import OffsetOnly, Several, Zone, zone_at
from habits.inbox import Arrived

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""Edits of old messages are not asked for: what was understood then stands."""
ZONES = "let_loose_zones"
"""Where a shared location's zones are put in the location's place."""
NOBODY = frozenset({777000, 136817688, 1087968824})
"""Telegram's own senders: linked channels, channels that speak, anonymous admins."""
NEVER_KEPT = ("location", "venue", "contact", "live_location", "proximity_alert_triggered")


def arrival(update: Mapping[str, Any]) -> Arrived:
    """What of an update is kept, and whose it is."""
    update_id = int(update["update_id"])
    return Arrived(update_id, _person_of(update), json.dumps(_without_private(update)))


def _person_of(update: Mapping[str, Any]) -> int | None:
    """Who wrote or pressed, in their private chat with us; nobody elsewhere, no bots."""
    for kind in ALLOWED_UPDATES:
        event = update.get(kind)
        if isinstance(event, dict):
            message = event.get("message") if kind == "callback_query" else event
            chat = message.get("chat") if isinstance(message, dict) else None
            return _sender(event, chat)
    return None


def _sender(event: Mapping[str, Any], chat: object) -> int | None:
    sender = event.get("from")
    if not isinstance(sender, dict) or sender.get("is_bot") or "sender_chat" in event:
        return None
    if isinstance(chat, dict) and (
        chat.get("type") != "private" or chat.get("id") != sender.get("id")
    ):
        return None
    found = sender.get("id")
    is_person = isinstance(found, int) and 0 < found < 2**52 and found not in NOBODY
    return found if is_person else None


def _without_private(update: Mapping[str, Any]) -> dict[str, Any]:
    """The update with a shared location replaced by its zones; positions and contacts go."""
    kept: dict[str, Any] = _scrubbed(update)
    message = update.get("message")
    location = message.get("location") if isinstance(message, dict) else None
    if isinstance(location, dict):
        kept["message"][ZONES] = _zones_at(location.get("latitude"), location.get("longitude"))
    return kept


def _zones_at(latitude: Any, longitude: Any) -> list[str]:
    """The zones at a position, or at sea the minutes east of Greenwich."""
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return []
    match zone_at(latitude, longitude):
        case Zone(zone):
            return [zone.key]
        case Several(cities):
            return [city.zone.key for city in cities]
        case OffsetOnly(minutes):
            return [str(minutes)]
        case _:
            return []


def _scrubbed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _scrubbed(each) for key, each in value.items() if key not in NEVER_KEPT}
    if isinstance(value, list):
        return [_scrubbed(each) for each in value]
    return value
