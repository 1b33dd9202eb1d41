"""One sentence is enough; and whatever is typed while a draft is open, up to the last Yes."""

from datetime import datetime, time, timedelta

from bot import drafting
from bot.asking import (
    ask,
    current,
    go_on_with,
    offer_changes,
    take_sentence,
    take_whole_sentence,
    wanted,
)
from bot.buttons import Keyboard, button, keyboard
from bot.context import Context
from bot.draft import DRAFT, Cue, Days, Draft, Name, Often, When, to_json
from bot.drafting import Full
from bot.language import plain
from bot.phrases import (
    Ambiguous,
    Change,
    MoreThanDays,
    MorningOrEvening,
    NotUnderstood,
    Reason,
    WhatToDo,
    read_agreed,
    read_answer,
    read_command_words,
    read_next,
    read_number,
    read_rescheduling,
    read_schedule,
    read_small_talk,
    read_yes,
)
from bot.routing import Press, an_id, not_there
from bot.texts import drafts as texts
from bot.texts import everywhere, questions, refusals
from bot.texts.commands import menu
from bot.texts.schedules import capitalised
from bot.typed import Empty, TooLong, clean
from habits import commitments, conversations, people
from habits.commitments import Made, NotThere, TooMany
from habits.conversations import Conversation
from habits.rules.commitment import LONGEST_CUE, LONGEST_TITLE, MOST_WAYS
from habits.rules.person import Person
from habits.rules.schedule import Part
from habits.storage.database import Tx
from habits.storage.rows import commitments_of

FREELY_NAMED = ((Name(),), (Cue(),), (WhatToDo(),))
"""Questions that any words answer."""
OFFERED_FOR = timedelta(minutes=10)
"""So long a typed yes may be meant for what was offered below the first commitment."""
MOST_WEEKS = 4
"""Every how many weeks a commitment asks at the least."""


async def type_into_draft(context: Context, text: str) -> bool:
    """Whatever is typed while a draft is open, but for small talk and for names of commands."""
    draft, language = current(context), context.person.language
    if draft is None or read_small_talk(text, language) is not None:
        return False
    is_named = draft.questions[:1] in FREELY_NAMED
    if not is_named and (wish := read_rescheduling(text, language)) and wish.what:
        if wish.what.casefold() not in draft.name.casefold():
            return False
        text = wish.schedule
    if not is_named and read_command_words(text, menu(), language) is not None:
        return False
    match draft.questions[:1]:
        case (Name(),):
            await _name(context, draft, text)
        case (Cue(),):
            await _add_cue(context, draft, text)
        case (WhatToDo(),):
            return await _say_what(context, draft, text)
        case (_,):
            return await _answer(context, draft, text)
        case _:
            return await _confirm_or_change(context, draft, text)
    return True


async def _name(context: Context, draft: Draft, text: str) -> None:
    title = clean(text, LONGEST_TITLE)
    if isinstance(title, Empty | TooLong):
        await ask(context, draft, everywhere.a_title(title))
    else:
        await ask(context, drafting.with_name(draft, title))


async def _add_cue(context: Context, draft: Draft, text: str) -> None:
    match clean(text, LONGEST_CUE):
        case str() as cue:
            await ask(context, drafting.with_cue(draft, cue))
        case Empty():
            await ask(context, draft, questions.a_cue(None))
        case TooLong(length=length):
            await ask(context, draft, questions.a_cue(length))


async def _say_what(context: Context, draft: Draft, text: str) -> bool:
    """Ways of their own, a time that comes before them, or a whole sentence."""
    if await take_whole_sentence(context, text):
        return True
    if draft.ways and read_next(text, context.person.language):
        await ask(context, drafting.past(draft, WhatToDo))
        return True
    if read_answer(text, context.person.language) is not None:
        return False
    said = _schedule_in(text, context.person.language)
    if isinstance(said, Change | Ambiguous):
        await ask(context, drafting.amended(draft, said))
        return True
    await _add_ways(context, draft, text)
    return True


def _schedule_in(text: str, language: str) -> Change | Ambiguous | None:
    """A schedule and nothing else; a lone number is none."""
    said = read_schedule(text, language)
    if isinstance(said, NotUnderstood) or text.strip().isdecimal():
        return None
    return said


async def _add_ways(context: Context, draft: Draft, text: str) -> None:
    match drafting.add_ways(draft, text):
        case Full(added):
            await ask(context, added, everywhere.too_many_ways(MOST_WAYS))
        case Draft() as added:
            is_all = not draft.ways and When() not in draft.questions
            await ask(context, drafting.past(added, WhatToDo) if is_all else added)
        case Empty() | TooLong() as wrong:
            await ask(context, draft, everywhere.a_title(wrong))


async def _answer(context: Context, draft: Draft, text: str) -> bool:
    """An answer to the open question; else a sentence of its own; else what is possible."""
    language = context.person.language
    answered = _read_answer_to(draft, text, language)
    if answered is not None:
        await ask(context, answered)
        return True
    if await take_whole_sentence(context, text):
        return True
    if read_answer(text, language) is not None:
        return False
    await ask(context, draft, _why_not(draft, text, language))
    return True


def _read_answer_to(draft: Draft, text: str, language: str) -> Draft | None:
    asked = draft.questions[0]
    if isinstance(asked, MoreThanDays | Often | Days) and text.strip().isdecimal():
        return _read_number(draft, asked, text)
    if isinstance(asked, Days) and asked.ticked and read_next(text, language):
        return drafting.with_days(draft, asked)
    match read_schedule(text, language):
        case Change(days=None, at=Part() as part) if isinstance(asked, MorningOrEvening):
            return drafting.answered(draft, Change(at=_half(asked, part)))
        case Change() | Ambiguous() as said:
            return drafting.amended(draft, said)
    return None


def _read_number(draft: Draft, asked: MoreThanDays | Often | Days, text: str) -> Draft | None:
    """A lone number: so many times a week, or every so many weeks; never an hour here."""
    match asked:
        case MoreThanDays(_, days) if isinstance(n := read_number(text, 1, len(days)), int):
            return drafting.answered(draft, Change(target=n))
        case Often() if isinstance(n := read_number(text, 1, MOST_WEEKS), int):
            return drafting.answered(draft, Change(every=n))
    return None


def _half(asked: MorningOrEvening, part: Part) -> Part | time:
    """The exact time that "morning" or "evening" means, where one was said before."""
    clocks = [each for each in asked.options if isinstance(each, time)]
    fitting = [at for at in clocks if (at.hour < 12) == (part is Part.MORNING)]
    return fitting[0] if fitting else part


def _why_not(draft: Draft, text: str, language: str) -> str:
    """The word that was not understood, where one is to blame; the question follows."""
    if text.strip().isdecimal() and Often() in draft.questions:
        return refusals.problem(NotUnderstood(Reason.NOT_WEEKLY, text))
    match read_schedule(text, language):
        case NotUnderstood(reason) as outcome if reason is not Reason.NOTHING:
            return refusals.problem(outcome)
    return texts.not_caught(refusals.shown(text))


async def _confirm_or_change(context: Context, draft: Draft, text: str) -> bool:
    """Yes, another time, or a whole sentence, typed below what was understood."""
    language = context.person.language
    match read_agreed(text, language):
        case True:
            await _commit(context, draft)
            return True
        case False:
            await offer_changes(context, draft)
            return True
    match read_schedule(text, language):
        case Change() | Ambiguous() as said:
            await ask(context, drafting.amended(draft, said))
            return True
    if await take_whole_sentence(context, text):
        return True
    if read_answer(text, language) is not None:
        return False
    await ask(context, draft, f"{_why_not(draft, text, language)} {texts.tap_or_type()}")
    return True


async def read_sentence(context: Context, text: str) -> bool:
    """A typed commitment, without /new."""
    return await take_sentence(context, text)


async def commit(context: Context, draft_id: int, revision: int) -> None:
    """Yes, that's it."""
    if isinstance(await context.read(commitments.found, context.person, draft_id), Made):
        await context.toast(texts.yours_already())
        return
    draft = await wanted(context, draft_id, revision)
    if draft is not None:
        await _commit(context, draft)


async def _commit(context: Context, draft: Draft) -> None:
    if draft.questions or context.person.zone is None:
        await ask(context, draft)
        return
    following = drafting.following(draft)
    outcome = await context.write(_keep, context.person, draft, following, context.now)
    match outcome:
        case TooMany(most):
            await context.reply(texts.too_many(most))
        case Made() as made:
            context.visit.conversation = _talking_of(following)
            text = texts.made(made.commitment.title, made.first, context.zone)
            await context.show(*_with_offer(context, made, text))
            if following is not None:
                await go_on_with(context, following)


def _keep(
    tx: Tx, person: Person, draft: Draft, following: Draft | None, now: datetime
) -> Made | TooMany:
    """Make the commitment, and go on with the draft behind it."""
    outcome = commitments.commit_draft(
        tx,
        person,
        draft.name,
        [capitalised(way) for way in draft.ways],
        draft.schedule,
        now,
        cue=draft.cue or None,
        commitment_id=draft.id,
    )
    conversation = _talking_of(following)
    if isinstance(outcome, Made) and conversation is not None:
        conversations.keep(tx, person.id, conversation, now)
    return outcome


def _talking_of(draft: Draft | None) -> Conversation | None:
    return None if draft is None else Conversation(DRAFT, {"draft": to_json(draft)})


def _with_offer(context: Context, made: Made, text: str) -> tuple[str, Keyboard | None]:
    """Below the first commitment, whether to ask beforehand; it is offered once."""
    if not made.is_first or context.person.asks_plan:
        return text, None
    plan_at = commitments.usual_plan(context.person, made.commitment, context.now)
    question = texts.ask_plan(plan_at, made.commitment.schedule.every, context.zone)
    buttons = [
        button(plain("Yes, ask"), "ask_plan", made.commitment.id, "y"),
        button(plain("No need"), "ask_plan", made.commitment.id, "n"),
    ]
    return f"{text}\n{question}", keyboard(buttons)


async def read_offered(context: Context, text: str) -> bool:
    """Yes or no to that offer, typed."""
    language = context.person.language
    yes = read_agreed(text, language) or read_yes(text, language)  # "change" is no answer here
    if yes is None or context.person.asks_plan:
        return False
    match await context.read(commitments_of, context.person.id):
        case [commitment] if context.now - commitment.made_at < OFFERED_FOR:
            await ask_plan(context, commitment.id, "y" if yes else "n")
            return True
    return False


async def ask_plan(context: Context, commitment_id: int, answer: str) -> None:
    """Whether to ask beforehand what it will be."""
    asks = answer == "y"
    outcome = await context.write(
        _settle_plan, context.person, commitment_id, context.now, asks=asks
    )
    match outcome:
        case Made(commitment, first):
            plan_at = commitments.usual_plan(context.person, commitment, context.now)
            settled = texts.plan_settled(
                plan_at, commitment.schedule.every, context.zone, asks=asks
            )
            await context.show(f"{texts.made(commitment.title, first, context.zone)}\n{settled}")
        case _:
            await not_there(context)


def _settle_plan(
    tx: Tx, person: Person, commitment_id: int, now: datetime, *, asks: bool
) -> Made | NotThere:
    found = commitments.found(tx, person, commitment_id)
    if isinstance(found, Made):
        people.set_touches(tx, person, now, plan=asks)
    return found


PRESSES = {
    "commit": Press(commit, an_id, an_id),
    "ask_plan": Press(ask_plan, an_id, str),
}
ANSWERS = {DRAFT: type_into_draft}
READERS = [read_sentence, read_offered]
