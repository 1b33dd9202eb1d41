"""Leading through a draft: keep it, ask for what is missing, and show it for the last tap."""

from dataclasses import replace
from typing import Any

from bot import zone_buttons
from bot.context import Context
from bot.draft import DRAFT, ZONE, Draft, Name, from_json, to_json
from bot.drafting import from_reading
from bot.phrases import (
    Ambiguous,
    Commitment,
    EachOrAny,
    MoreThanDays,
    NotUnderstood,
    WhatToDo,
    WhichOfTheseDays,
    read_commitment,
)
from bot.questions import Shown, of_confirm, of_half_done, question_of
from bot.texts import drafts as texts
from bot.texts import everywhere, refusals, zones
from habits import commitments, occasions
from habits.rules.commitment import MOST_COMMITMENTS

SHARING = "sharing"
"""In a conversation: the keyboard that shares a location is open and has to be put away."""


async def ask(context: Context, draft: Draft, notice: str = "") -> None:
    """Keep a draft, and ask for what is missing or show it for the last tap.

    notice: said before it.
    """
    if draft != current(context):
        draft = _next_revision(draft)
    step = ZONE if not draft.questions and context.person.zone is None else DRAFT
    await context.remember(step, draft=to_json(draft), **_still_sharing(context))
    text, buttons = await _shown(context, draft)
    if notice:  # what is wrong with a title says what a title is
        text = notice if draft.questions[:1] == (Name(),) else f"{notice}\n{text}"
    await context.show(text, buttons)


def _next_revision(draft: Draft) -> Draft:
    alters = draft.alters and bool(draft.questions)
    greets = draft.greets and draft.questions[:1] == (WhatToDo(),)
    return replace(draft, revision=draft.revision + 1, alters=alters, greets=greets)


def _still_sharing(context: Context) -> dict[str, Any]:
    known = context.conversation.data if context.conversation else {}
    return {SHARING: True} if known.get(SHARING) else {}


async def _shown(context: Context, draft: Draft) -> Shown:
    person = context.person
    if draft.questions:
        return question_of(draft, person)
    if person.zone is None:
        return zones.ask(draft.schedule), zone_buttons.times(context.now, person)
    has_twin = await context.read(commitments.has_twin, person, draft.name)
    first = occasions.first_go(person, draft.schedule, context.now)
    text = texts.confirm(
        draft.name,
        draft.ways,
        draft.schedule,
        draft.cue,
        first,
        person.zone,
        has_twin=has_twin,
    )
    return text, of_confirm(draft)


async def begin(context: Context, draft: Draft, notice: str = "") -> None:
    """Take up a new draft in the place of any other, if there is room for one more."""
    if await context.read(commitments.is_full, context.person):
        await context.reply(texts.too_many(MOST_COMMITMENTS))
        return
    await ask(context, draft, notice)


async def offer_half_done(context: Context, draft: Draft, greeting: str = "") -> None:
    """Whether to go on with a draft that was left, or to begin anew."""
    so_far = texts.so_far(draft.name, draft.schedule if draft.change.days else None)
    await context.reply(f"{greeting} {texts.half_done(so_far)}".lstrip(), of_half_done(draft))


def current(context: Context) -> Draft | None:
    """The draft that the conversation is about."""
    kept = context.conversation.data.get("draft") if context.conversation else None
    return from_json(kept) if kept else None


async def wanted(context: Context, draft_id: int, revision: int | None = None) -> Draft | None:
    """The draft that was pressed on; None, once that is said, where it is not the current one.

    revision: for a button that answers one question only.
    """
    draft = current(context)
    if draft is None:
        await context.toast(texts.over(), alert=True)
        return None
    if draft.id == draft_id and revision in (None, draft.revision):
        return draft
    toast = texts.replaced() if draft.id != draft_id else texts.moved_on()
    await context.toast(toast, alert=True)
    await ask(context, draft)
    return None


async def take_sentence(context: Context, text: str) -> bool:
    """Begin with a typed sentence; False where it has no word of a schedule."""
    match read_commitment(text, context.person.language):
        case Commitment() | Ambiguous() as reading:
            draft, wrong = from_reading(reading)
            await begin(context, draft, everywhere.a_title(wrong) if wrong else "")
        case NotUnderstood() as outcome:
            await context.reply(refusals.refused(outcome))
        case _:
            return False
    return True


async def take_whole_sentence(context: Context, text: str, *, timeless: bool = False) -> bool:
    """Begin anew while something is asked, only with a sentence that names what and when.

    timeless: where no answer could look like it, "film twice a week" is enough of a sentence.
    """
    reading = read_commitment(text, context.person.language)
    if not isinstance(reading, Commitment | Ambiguous) or not reading.title:
        return False
    names_days = isinstance(reading, Commitment) or _names_days(reading)
    return (names_days or timeless) and await take_sentence(context, text)


def _names_days(reading: Ambiguous) -> bool:
    return reading.change.days is not None or any(
        isinstance(question, WhichOfTheseDays | EachOrAny | MoreThanDays)
        for question in reading.questions
    )
