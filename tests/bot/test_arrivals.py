"""What of an update is kept in the inbox, before anything else reads it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.arrivals import ZONES, arrival

ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna"}
MESSAGE = {"message_id": 7, "date": 1, "from": ANNA, "chat": {"id": 1001, "type": "private"}}
BERLIN = {"latitude": 52.5170365, "longitude": 13.3888599}
PRIVATE: dict[str, Any] = {
    "location": BERLIN,
    "venue": {"location": BERLIN, "title": "13.3888599", "address": "13.3888599"},
    "contact": {"phone_number": "13.3888599", "first_name": "Somebody Else"},
    "live_location": BERLIN,
    "proximity_alert_triggered": {"traveler": ANNA, "watcher": ANNA, "distance": 13.3888599},
}
PLACES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "itself": lambda content: {"message": MESSAGE | content},
    "what it answers": lambda content: {"message": MESSAGE | {"reply_to_message": content}},
    "what it answers elsewhere": lambda content: {"message": MESSAGE | {"external_reply": content}},
    "what was pinned": lambda content: {"message": MESSAGE | {"pinned_message": content}},
    "what was pressed": lambda content: {"callback_query": {"from": ANNA, "message": content}},
    "a list": lambda content: {"message": MESSAGE | {"hologram": [[content]]}},
}


@pytest.mark.parametrize("what", PRIVATE)
@pytest.mark.parametrize("place", PLACES)
def test_where_somebody_is_and_whom_they_know_is_kept_nowhere_in_an_update(place: str, what: str):
    kept = arrival({"update_id": 1, **PLACES[place]({what: PRIVATE[what], "text": "hi"})}).body
    assert "hi" in kept
    assert "13.3888599" not in kept
    assert what not in kept


def test_of_a_shared_location_the_zones_are_kept():
    kept = json.loads(arrival({"update_id": 1, "message": MESSAGE | {"location": BERLIN}}).body)
    assert kept["message"] == MESSAGE | {ZONES: ["Europe/Berlin"]}
