"""Putting words together: the catalogue, the person's language, dates, and safe HTML.

Sentences are written in English at the place that says them and looked up in the catalogue
`locales/<language>/LC_MESSAGES/letloose.po`. What people typed is escaped and isolated, so that
no `<b>` and no right-to-left override of theirs reaches our own words.
"""

import gettext
import html
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN = "letloose"
LOCALES = Path(__file__).parent / "locales"
ENGLISH = "en"
_FORMATS = {ENGLISH: "en_GB"}  # day before month, 24 hours

_speaking: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything inside in a language."""
    token = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(token)


def languages() -> tuple[str, ...]:
    """The languages there is a catalogue for; English needs none."""
    found = LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
    return (ENGLISH, *sorted(path.parent.parent.name for path in found))


def nearest(code: str | None) -> str:
    """The language to speak with somebody whose client says `code`; English in doubt."""
    asked = (code or "")[:20].replace("_", "-").split("-")[0].lower()
    return asked if asked in languages() else ENGLISH


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def plain(message: str, /, **values: object) -> str:
    """A sentence for where there is no markup: buttons, toasts, command menus."""
    return _catalogue(_speaking.get()).gettext(message).format_map(values)


def say(message: str, /, **values: object) -> str:
    """A sentence as HTML: the values are escaped, the sentence's own markup stands."""
    return _catalogue(_speaking.get()).gettext(message).format_map(_escaped(values))


def count(one: str, many: str, n: int, /, **values: object) -> str:
    """A sentence about `n` things, as HTML; `{n}` is the number."""
    sentence = _catalogue(_speaking.get()).ngettext(one, many, n)
    return sentence.format_map(_escaped(values | {"n": n}))


def N_(message: str) -> str:  # noqa: N802 - gettext's name for "translate this later"
    """Mark a sentence for the catalogue that is said elsewhere."""
    return message


class Theirs(str):
    """Text that a person typed: shown as typed, and kept from reordering what stands around."""

    __slots__ = ()


class Markup(str):
    """HTML of our own making, put into another sentence as it is."""

    __slots__ = ()


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def _escaped(values: dict[str, object]) -> dict[str, str]:
    return {name: _safe(value) for name, value in values.items()}


def _safe(value: object) -> str:
    if isinstance(value, Markup):
        return str(value)
    escaped = html.escape(str(value), quote=False)
    if isinstance(value, Theirs):
        return f"{FIRST_STRONG_ISOLATE}{escaped}{POP_ISOLATE}"
    return escaped


def isolated(text: str) -> str:
    """What somebody typed, for where there is no markup."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def locale() -> Locale:
    """CLDR's data for the language spoken now."""
    return _locale(_speaking.get())


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_FORMATS.get(language, language))


def date_words(day: date) -> str:
    """Sat 28 Nov."""
    if _speaking.get() == ENGLISH:
        return f"{day:%a} {day.day} {day:%b}"
    return str(format_skeleton("MMMEd", day, locale=locale()))


def time_words(at: time) -> str:
    """14:00."""
    return at.strftime("%H:%M")


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Sat 28 Nov, 14:00, in the zone."""
    local = moment.astimezone(zone)
    return f"{date_words(local.date())}, {time_words(local.time())}"


def day_name(weekday: int, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """The name of an ISO weekday."""
    return _day_names(_speaking.get(), width)[weekday - 1]


@cache
def _day_names(language: str, width: Literal["wide", "abbreviated"]) -> list[str]:
    names = get_day_names(width, locale=_locale(language))
    return [str(names[number]) for number in range(7)]


def join_words(words: list[str], conjunction: str) -> str:
    """A, B and C."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
