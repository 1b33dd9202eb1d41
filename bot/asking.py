"""Leading through a draft: keep it, ask for what is missing, and show it for the last tap."""

from dataclasses import replace
from typing import Any

from bot import drafting, zone_buttons
from bot.context import Context
from bot.draft import DRAFT, MOST_BEHIND, ZONE, Draft, Name, from_json, to_json
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
    read_commitments,
)
from bot.questions import Shown, change_menu, of_confirm, of_half_done, question_of
from bot.texts import drafts as texts
from bot.texts import everywhere, refusals, zones
from habits import commitments, occasions
from habits.rules.commitment import MOST_COMMITMENTS

PUT_ASIDE = "put_aside"
"""The step of a conversation whose draft waits, and takes no typed answer meanwhile."""
OF_A_DRAFT = (DRAFT, ZONE, PUT_ASIDE)
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
    """Take up a new draft, if there is room for one more; any other waits behind it."""
    if await context.read(commitments.is_full, context.person):
        await context.reply(texts.too_many(MOST_COMMITMENTS))
        return
    before = current(context)
    taken = drafting.in_place_of(before, draft)
    waits = before is not None and any(each.id == before.id for each in taken.behind)
    if waits and not notice:
        assert before is not None
        notice = texts.waits(before.name)
    await ask(context, taken, notice)


async def go_on_with(context: Context, draft: Draft) -> None:
    """Below what was just made: what waited for it."""
    text, buttons = await _shown(context, draft)
    await context.reply(f"{texts.and_this_one()}\n{text}", buttons)


async def offer_half_done(context: Context, draft: Draft, greeting: str = "") -> None:
    """Whether to go on with a draft that was left, or to begin anew."""
    so_far = texts.so_far(draft.name, draft.schedule if draft.change.days else None)
    await context.reply(f"{greeting} {texts.half_done(so_far)}".lstrip(), of_half_done(draft))


async def offer_changes(context: Context, draft: Draft) -> None:
    """What of it shall be different."""
    known = texts.so_far(draft.name, draft.schedule if draft.change.days else None)
    await context.show(f"{known}\n{texts.what_differently()}", change_menu(draft))


async def put_aside(context: Context, draft: Draft) -> None:
    """Ask no more; the draft waits for its buttons or for /new."""
    await context.remember(PUT_ASIDE, draft=to_json(draft), **_still_sharing(context))
    if draft.has_begun:
        await offer_half_done(context, draft, everywhere.left_off())
    else:
        await context.reply(everywhere.left_off())


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
    found = draft if draft.id == draft_id else drafting.brought_forward(draft, draft_id)
    if found is not None and revision in (None, found.revision):
        return found
    toast = texts.replaced() if found is None else texts.moved_on()
    draft = found or draft
    await context.toast(toast, alert=True)
    await ask(context, draft)
    return None


async def take_sentence(context: Context, text: str) -> bool:
    """Begin with a typed sentence; False where it has no word of a schedule."""
    if await _take_several(context, text):
        return True
    match read_commitment(text, context.person.language):
        case Commitment() | Ambiguous() as reading:
            draft, wrong = from_reading(reading)
            await begin(context, draft, everywhere.a_title(wrong) if wrong else "")
        case NotUnderstood() as outcome:
            await context.reply(refusals.refused(outcome))
        case _:
            return False
    return True


async def _take_several(context: Context, text: str) -> bool:
    """Begin with the first of several commitments in one text; the others wait behind it."""
    read = [from_reading(each) for each in read_commitments(text, context.person.language)]
    if not read or any(wrong for _, wrong in read):
        return False
    (first, _), *others = read
    behind = tuple(draft for draft, _ in others)[:MOST_BEHIND]
    await begin(context, replace(first, behind=behind), texts.one_by_one(len(read)))
    return True


async def take_whole_sentence(context: Context, text: str, *, timeless: bool = False) -> bool:
    """Begin anew while something is asked, only with a sentence that names what and when.

    timeless: where no answer could look like it, "film twice a week" is enough of a sentence.
    """
    if await _take_several(context, text):
        return True
    reading = read_commitment(text, context.person.language)
    if not isinstance(reading, Commitment | Ambiguous) or not reading.title:
        return False
    names_days = isinstance(reading, Commitment) or _names_days(reading)
    return (names_days or timeless) and await take_sentence(context, text)


def _names_days(reading: Ambiguous) -> bool:
    """Which days, or how many of them."""
    return (reading.change.days or reading.change.target) is not None or any(
        isinstance(question, WhichOfTheseDays | EachOrAny | MoreThanDays)
        for question in reading.questions
    )
