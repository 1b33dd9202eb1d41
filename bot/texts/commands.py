"""The command menu."""

from bot.language import plain


def menu() -> dict[str, str]:
    """Each command with its line in Telegram's menu, in the order of the menu."""
    return {
        "new": plain("Make a commitment"),
        "week": plain("What is coming"),
        "done": plain("I did it"),
        "streaks": plain("What you kept"),
        "commitments": plain("Change, pause or archive"),
        "rest": plain("Rest this week, or until a date"),
        "timezone": plain("Where you are"),
        "settings": plain("Times, quiet hours, touches, numbers"),
        "export": plain("Take everything with you"),
        "import": plain("Take a file in"),
        "privacy": plain("What is kept about you"),
        "delete_me": plain("Delete everything about you"),
        "why": plain("What speaks for doing it this way"),
        "help": plain("How this works"),
        "start": plain("Begin"),
    }
