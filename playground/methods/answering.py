"""Answering a press, and reacting to a message."""

from playground.errors import bad
from playground.methods.sending import addressed, message_number
from playground.parameters import Parameters
from playground.playground import ANSWER_WITHIN, Playground

LONGEST_ANSWER = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(playground: Playground, parameters: Parameters) -> bool:
    """Answer a press; the page shows the text, or only stops waiting."""
    press = playground.presses.get(parameters.text("callback_query_id"))
    if press is None or playground.now() - press.at > ANSWER_WITHIN:
        raise bad(TOO_OLD)
    text = parameters.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    playground.tell(
        {
            "type": "answered",
            "person": press.person,
            "press": press.number,
            "text": text,
            "alert": parameters.flag("show_alert"),
        }
    )
    return True


def set_message_reaction(playground: Playground, parameters: Parameters) -> bool:
    """React to a message; the page does not show it."""
    chat = addressed(playground, parameters)
    parameters.structure("reaction", "can't parse reaction types JSON object")
    if playground.chats.message(chat.id, message_number(parameters)) is None:
        raise bad("message to react not found")
    return True


METHODS = {
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
}
