"""Belongings for tests of what is taken out and in."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from habits.belongings import Belongings

SETTINGS = {
    "zone": "Europe/Berlin",
    "morning": "09:00",
    "afternoon": "14:00",
    "evening": "18:30",
    "quiet_from": "22:00",
    "quiet_until": "08:00",
    "asks_plan": False,
    "asks_follow_up": True,
    "shows_numbers": True,
    "pictures": "light",
    "first_weekday": None,
    "exports_since": None,
    "wants_card": True,
    "asks_tension": True,
    "asks_facets": False,
    "week_beginnings": [{"since": "1970-01-05", "weekday": 1}],
    "holidays": [],
}


def as_read(*commitments: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A file of ours as JSON reads it."""
    return {
        "format": "letloose",
        "version": 1,
        "settings": SETTINGS | settings,
        "commitments": list(commitments),
    }


def belongings(*commitments: dict[str, Any], **settings: Any) -> Belongings:
    """What such a file means."""
    return Belongings.model_validate(as_read(*commitments, **settings), strict=False)


def commitment(
    title: str,
    *,
    check_ins: Sequence[dict[str, Any]] = (),
    occasions: Sequence[dict[str, Any]] = (),
    rests: Sequence[str] = (),
    ways: Sequence[str] = (),
    days: Sequence[int] = (6,),
    target: int = 1,
    cue: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A commitment as it stands in a file."""
    return {
        "title": title,
        "cue": cue,
        "state": "active",
        "made_at": "2026-01-01T09:00:00Z",
        "begins_at": "2026-01-01T09:00:00Z",
        "silent_since": None,
        "laid_until": "2026-01-05",
        "schedule": {
            "days": list(days),
            "at": "evening",
            "every": 1,
            "target": target,
            "once": False,
            "phase": "2025-12-29",
        },
        "ways": [{"title": each, "retired": False} for each in ways],
        "occasions": list(occasions),
        "rests": [{"week": week, "made_at": "2026-01-02T09:00:00Z"} for week in rests],
        "check_ins": list(check_ins),
    } | more


def check_in(day: date, **more: Any) -> dict[str, Any]:
    """A check-in as it stands in a file."""
    monday = day - timedelta(days=day.isoweekday() - 1)
    return {
        "day": day.isoformat(),
        "week": monday.isoformat(),
        "counts": True,
        "occasion": None,
        "way": None,
        "fulfilled": None,
        "note": None,
        "tension_before": None,
        "tension_after": None,
        "facets": None,
        "made_at": f"{day.isoformat()}T20:00:00Z",
    } | more
