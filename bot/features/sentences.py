"""One sentence is enough: "dinner with friends every Saturday at 6pm"."""

from bot import drafting
from bot.context import Context
from bot.drafting import Draft
from bot.phrases import Ambiguous, Commitment, NotUnderstood, read_commitment
from bot.routing import Press, an_id
from bot.texts import drafts, everywhere
from bot.typed import Empty, TooLong, clean
from habits import commitments
from habits.commitments import Made, TooMany
from habits.rules.commitment import LONGEST_TITLE


async def read_sentence(context: Context, text: str) -> bool:
    """A typed commitment, with or without /new."""
    match read_commitment(text, context.person.language):
        case Commitment(title, ways, schedule):
            name = clean(title, LONGEST_TITLE)
            if isinstance(name, Empty | TooLong):
                await context.reply(everywhere.a_title(name))
                return True
            await drafting.go_on(context, Draft(name, ways, schedule))
        case Ambiguous() | NotUnderstood():
            await context.reply(everywhere.not_understood())
        case _:
            return False
    return True


async def commit(context: Context, draft_id: int) -> None:
    """Yes, that's it."""
    conversation = context.conversation
    if conversation is None or conversation.data.get("draft", {}).get("id") != draft_id:
        await context.toast(drafts.another_draft(), alert=True)
        return
    draft = drafting.from_json(conversation.data["draft"])
    outcome = await context.write(
        commitments.commit_draft,
        context.person,
        draft.title,
        draft.ways,
        draft.schedule,
        context.now,
    )
    match outcome:
        case Made(commitment, first):
            await context.show(drafts.made(commitment.title, first, context.zone))
        case TooMany(most):
            await context.show(drafts.too_many(most))


PRESSES = {"commit": Press(commit, an_id)}
READERS = [read_sentence]
