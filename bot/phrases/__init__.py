"""What people type, read without guessing. Pure: no clock, no Telegram, no sentences.

The rule: a word that could be a day, a number or a time and stands beside the schedule, but
cannot be read, refuses the phrase. Days in two places are asked about. Everything else that
is not schedule is the title, in the person's own words; what stands in quotation marks is
always title.
"""

from bot.phrases.answers import (
    Done,
    NotThisTime,
    Rest,
    SmallTalk,
    may_be_a_title,
    read_agreed,
    read_answer,
    read_command_words,
    read_diary,
    read_done,
    read_name,
    read_next,
    read_small_talk,
    read_whereabouts,
    read_yes,
)
from bot.phrases.commitments import read_commitment, read_commitments, read_days, read_schedule
from bot.phrases.dates import read_date
from bot.phrases.entries import read_number, read_time
from bot.phrases.managing import Rescheduling, read_managed, read_rescheduling
from bot.phrases.outcomes import (
    Ambiguous,
    Change,
    Commitment,
    EachOrAny,
    IsThatTheTime,
    MoreThanDays,
    MorningOrEvening,
    NotACommitment,
    NotUnderstood,
    Question,
    Reason,
    WhatToDo,
    WhichDate,
    WhichDays,
    WhichOfTheseDays,
    answered,
    changed,
)

__all__ = [
    "Ambiguous",
    "Change",
    "Commitment",
    "Done",
    "EachOrAny",
    "IsThatTheTime",
    "MoreThanDays",
    "MorningOrEvening",
    "NotACommitment",
    "NotThisTime",
    "NotUnderstood",
    "Question",
    "Reason",
    "Rescheduling",
    "Rest",
    "SmallTalk",
    "WhatToDo",
    "WhichDate",
    "WhichDays",
    "WhichOfTheseDays",
    "answered",
    "changed",
    "may_be_a_title",
    "read_agreed",
    "read_answer",
    "read_command_words",
    "read_commitment",
    "read_commitments",
    "read_date",
    "read_days",
    "read_diary",
    "read_done",
    "read_managed",
    "read_name",
    "read_next",
    "read_number",
    "read_rescheduling",
    "read_schedule",
    "read_small_talk",
    "read_time",
    "read_whereabouts",
    "read_yes",
]
