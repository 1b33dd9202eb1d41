"""/why: what the bot does, the study that speaks for it, and what the study does not say.

Only studies whose abstract or summary was read; what they found is told in their own figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language import N_, Markup, plain, say
from bot.studies import STUDIES, Study


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that the bot does: the study, what it found, and its limit."""

    does: str
    study: Study
    found: str
    limit: str


REASONS: Sequence[Reason] = (
    Reason(
        N_("Your own if-then sentence comes back in the reminder."),
        STUDIES["Sheeran 2024"],
        N_("642 tests of if-then plans: they helped, from a little to a good deal."),
        N_("They helped more who really wanted to, and had said the plan over to themselves."),
    ),
    Reason(
        N_("Saturday afternoon rather than 15:00 to 17:00."),
        STUDIES["Tonietto 2016"],
        N_("13 studies: leisure set to the minute felt like work; a rough time did not."),
        N_("It is about enjoying it. Whoever wants 18:15 gets 18:15."),
    ),
    Reason(
        N_("A plan for the week and a message when it begins."),
        STUDIES["Milkman 2021"],
        N_("61,293 people of a gym: of 53 programmes, 45 % brought more visits, 9 to 27 % more."),
        N_("It was a gym, with small rewards besides; most programmes did not stand out."),
    ),
    Reason(
        N_("The warmest words go to coming back."),
        STUDIES["Milkman 2021"],
        N_("The best of the 53 programmes gave a small bonus for coming back after a miss."),
        N_("That was a reward, and here are only words."),
    ),
    Reason(
        N_("One missed week decides nothing."),
        STUDIES["Lally 2010"],
        N_("96 people building a habit: missing one time did not matter; it took 18 to 254 days."),
        N_("Those were things done daily; only 39 of them gave a clear curve."),
    ),
    Reason(
        N_("Reserve weeks are put aside for a miss."),
        STUDIES["Sharif 2017"],
        N_("A firm goal with two skips for emergencies did better than a hard or an easy goal."),
        N_("It was about steps and the like, and not about leisure."),
    ),
    Reason(
        N_("A miss can be mended, and a broken run is not held up to you."),
        STUDIES["Silverman 2023"],
        N_("7 studies: seeing a streak broken put people off, less so if it could be repaired."),
        N_("It was worse for those who blamed themselves, which no bot can change."),
    ),
    Reason(
        N_("Just fun: no number anywhere."),
        STUDIES["Etkin 2016"],
        N_("6 experiments: measuring made people do more, enjoy it less, and come back less."),
        N_("It held for what is done for fun. Some like to count: then count."),
    ),
    Reason(
        N_("Keeping a record at all."),
        STUDIES["Harkin 2016"],
        N_("138 studies with 19,951 people: watching one's progress helped to reach a goal."),
        N_("It helped more where it was written down, or seen by others. Here nobody does."),
    ),
    Reason(
        N_("Three messages at most, and silence after two quiet weeks."),
        STUDIES["Stawarz 2015"],
        N_("Reminders helped people repeat a thing, and hindered it from becoming a habit."),
        N_("So tie it to something that happens anyway: that is what your cue is for."),
    ),
    Reason(
        N_("Reminders step back once a thing is steady, if you like."),
        STUDIES["Stawarz 2015"],
        N_("Reminders helped people repeat a thing, and hindered it from becoming a habit."),
        N_("After eight weeks is our choice and not the study's; one tap brings them back."),
    ),
    Reason(
        N_("Regular time for what you like doing."),
        STUDIES["Mazzucchelli 2010"],
        N_("20 trials with 1,353 people: planning pleasant activities went with more well-being."),
        N_("That is an average over trials. This is a reminder and no treatment."),
    ),
    Reason(
        N_("Kindness to yourself after a week that went otherwise."),
        STUDIES["Breines 2012"],
        N_("4 experiments: after a failure, self-compassion made people want to do better."),
        N_("They were experiments with moments of failing, and not with a weekly evening."),
    ),
)  # fmt: skip


def page(number: int) -> str:
    """One reason, the first being 0."""
    reason = REASONS[number]
    return "\n".join(
        [
            say("<b>{does}</b>", does=Markup(say(reason.does))),
            say(reason.found),
            say("<i>{limit}</i>", limit=Markup(say(reason.limit))),
            say("{study} ({n} of {all})", study=reason.study.cited, n=number + 1, all=len(REASONS)),
        ]
    )


def another(*, forwards: bool) -> str:
    """A button's label."""
    return plain("→") if forwards else plain("←")
