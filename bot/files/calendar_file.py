"""The coming reminders as iCalendar (RFC 5545), for calendars to show beside all else."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from habits.agenda import Coming

NAME = "coming.ics"
LASTS = timedelta(hours=1)
"""Nobody says how long unwinding takes; an hour can be seen and touched in a calendar."""


def calendar(coming: Iterable[Coming], now: datetime) -> bytes:
    """A calendar with an event for each reminder; an event keeps its name from file to file."""
    whole = Calendar()
    whole.add("prodid", "-//Let Loose//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", "Let Loose")
    for each in coming:
        whole.add_component(_event(each, now))
    return bytes(whole.to_ical())


def _event(coming: Coming, now: datetime) -> Event:
    commitment = coming.commitment
    event = Event()
    event.add("uid", f"{coming.day:%Y%m%d}-{commitment.id}@letloose")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", coming.at)
    event.add("dtend", coming.at + LASTS)
    event.add("summary", commitment.title)
    event.add("transp", "TRANSPARENT")
    told = [*(way.title for way in commitment.open_ways), *([commitment.cue or ""])]
    event.add("description", "\n".join(line for line in told if line))
    return event
