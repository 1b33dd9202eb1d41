"""How it works, in a few lines."""

from bot.language import say
from bot.phrases import SmallTalk
from bot.places import CREDIT


def how_it_works() -> str:
    """The whole answer of /help."""
    return "\n\n".join(
        [
            say("Once a week, or as often as you like, you let loose. I keep the time for it."),
            say(
                "<b>Begin</b> with a sentence: <i>dinner with friends every Saturday at 6pm</i>. "
                "Or let me ask you: /new."
            ),
            say(
                "<b>When it is time</b>, I write. Tap <i>Did it</i>, <i>Later</i> or <i>Rest this "
                "week</i>; or type <i>did it</i>, <i>not this time</i>, <i>rest</i>, "
                "<i>rest until 5 January</i>."
            ),
            say(
                "<b>Look</b>: /week shows what is coming, /streaks what you kept; type "
                "<i>diary</i> for what you did and noted, <i>diary tea</i> to look for a word. "
                "<b>Change</b>: <i>move film to Sunday</i>, /commitments, /settings, /timezone. "
                "<b>Take it along</b>: /export, /import. <b>About you</b>: /privacy, /delete_me. "
                "<b>Reasons</b>: /why."
            ),
            say(
                "If you are in a crisis, findahelpline.com names somebody to talk to where you "
                "are; in danger, call the local emergency number."
            ),
            f"<i>{CREDIT}</i>",
        ]
    )


def small_talk(meant: SmallTalk) -> str:
    """A word in return, and what can be done."""
    return {
        SmallTalk.HELLO: say(
            "Hello. Say what you would like to do and when, for example <i>film every Saturday at "
            "8pm</i>; /week shows what is coming."
        ),
        SmallTalk.THANKS: say("You are welcome."),
        SmallTalk.LATER: say(
            "<i>Later</i> is a button under each reminder: in an hour, this evening or tomorrow. "
            "/week shows what is open."
        ),
        SmallTalk.CRISIS: say(
            "That sounds very heavy, and I am only a bot that keeps time. Please talk to somebody: "
            "findahelpline.com names who is there for you where you are; in danger, call the "
            "local emergency number."
        ),
        SmallTalk.WEARY: say(
            "I am sorry; that sounds heavy. A little of what unwinds you may help today: /week has "
            "<i>Pick for me</i>, or say what you would like, for example <i>film every Saturday at "
            "8pm</i>. If it is more than a hard day, findahelpline.com names who is there for you."
        ),
        SmallTalk.UNDO: say(
            "<i>Undo</i> is a button below what was noted or changed. A past week can be set right "
            "under /streaks."
        ),
        SmallTalk.STOP: say(
            "/rest lets everything rest until a day that you name, /commitments pauses or archives "
            "one, /settings has the touches and quiet hours, and /delete_me forgets you."
        ),
    }[meant]


def nothing_to_leave_off() -> str:
    """The same, where we asked nothing."""
    return say(
        "I asked nothing just now. What was noted has an <i>Undo</i> below it; /commitments "
        "changes, pauses and archives."
    )


def set_up_waits() -> str:
    """Said to who turns away in the middle of a set-up."""
    return say("What you have begun waits: go on with its buttons, or with /new.")
