"""What is kept, where and how long; and leaving."""

from bot.language import plain, say
from bot.places import CREDIT
from habits.encryption import Reach


def privacy(encrypted: Reach) -> str:
    """The whole answer of /privacy. encrypted: how much of what people wrote is."""
    return "\n\n".join(
        [
            say(
                "<b>What I keep.</b> Your Telegram id and first name, language, time zone and "
                "settings; your commitments, check-ins and notes. Not your pictures, contacts or "
                "position: of a location that you share I keep the time zone and nothing else."
            ),
            say(
                "<b>Where.</b> In the database of whoever runs this bot. Telegram carries our "
                "messages; I pass nothing on to anybody else."
            ),
            say(
                "<b>How long.</b> Commitments and check-ins as long as you are here. What became "
                "of each reminder, and what an undo needs: 90 days. The text of your messages: "
                "until I have handled it; their numbers 48 hours. A file that you send: until you "
                "take it in or leave it, a day at most. Block me for a year and everything is "
                "deleted."
            ),
            _how_safe(encrypted),
            say(
                "<b>Take it with you.</b> /export sends you everything that is stored about you "
                "as one file. A calendar address, if you make one, shows your coming reminders to "
                "whoever has it; I keep only its fingerprint."
            ),
            say(
                "<b>Delete.</b> /delete_me deletes everything at once. Copies in backups live no "
                "longer than 30 days, and putting one back does not bring you back: for these 30 "
                "days a scrambled number remains, which says nothing about you."
            ),
            f"<i>{CREDIT}</i>",
        ]
    )


def _how_safe(encrypted: Reach) -> str:
    match encrypted:
        case Reach.EVERYTHING:
            return say(
                "<b>How safe.</b> What you write lies encrypted in that database, and the key is "
                "kept elsewhere; when you check in is not encrypted. Whoever runs this bot has "
                "the key, so please write nothing here that nobody may read."
            )
        case Reach.WHAT_IS_NEW:
            return say(
                "<b>How safe.</b> What you write lies encrypted in that database, and the key is "
                "kept elsewhere; what is from before there was a key may still lie there as it "
                "was, and when you check in is not encrypted. Whoever runs this bot has the key, "
                "so please write nothing here that nobody may read."
            )
        case Reach.NOTHING:
            return say(
                "<b>How safe.</b> What you write lies unencrypted in that database, unless its "
                "operator has encrypted the disk. So please write nothing here that nobody may "
                "read."
            )


def really() -> str:
    """Asks before everything goes."""
    return say(
        "Delete everything about you: commitments, check-ins, notes, settings? It cannot be undone."
    )


def delete() -> str:
    """The label that deletes."""
    return plain("Delete everything")


def keep() -> str:
    """The label that does not."""
    return plain("Keep it")


def kept() -> str:
    """After Keep it."""
    return say("Nothing was deleted.")


def deleted(*, by_invitation: bool) -> str:
    """After the deletion."""
    if by_invitation:
        return say(
            "Everything about you is deleted. A message that was already on its way may still "
            "arrive. Take care; with another invitation you can begin anew."
        )
    return say(
        "Everything about you is deleted. A message that was already on its way may still "
        "arrive. Take care; /start begins anew."
    )


def too_old() -> str:
    """For a button of more than ten minutes ago; a toast."""
    return plain("That button was good for ten minutes. /delete_me gives a new one.")
