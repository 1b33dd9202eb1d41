"""Times, numbers, dates and answers, each typed alone."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases import (
    Done,
    MorningOrEvening,
    NotThisTime,
    NotUnderstood,
    Reason,
    Rest,
    WhichDate,
    read_agreed,
    read_answer,
    read_date,
    read_done,
    read_next,
    read_number,
    read_time,
    read_yes,
)
from habits.rules.schedule import FRIDAY, SATURDAY, SUNDAY

A_MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("18:15", time(18, 15)),
        ("6:15 pm", time(18, 15)),
        ("6:15", time(6, 15)),
        ("9.30", time(9, 30)),
        ("7.30pm", time(19, 30)),
        ("7 p.m.", time(19)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("1830", time(18, 30)),
        ("0630", time(6, 30)),
        ("18h", time(18)),
        ("18h30", time(18, 30)),
        ("18", time(18)),
        ("٩:٠٠", time(9)),
        ("１８：１５", time(18, 15)),
        ("९:३० pm", time(21, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("at 9 in the evening", time(21)),
        ("8 o'clock in the morning", time(8)),
        ("half past six pm", time(18, 30)),
        ("at 18:15, please!", time(18, 15)),
    ],
)
def test_a_clear_time_is_read(text: str, at: time):
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("text", "hour", "minute", "about"),
    [
        ("9", 9, 0, False),
        ("٩", 9, 0, False),
        ("at 12", 12, 0, False),
        ("6ish", 6, 0, True),
        ("half past six", 6, 30, False),
        ("quarter to one", 12, 45, False),
        ("six thirty", 6, 30, False),
    ],
)
def test_an_hour_of_both_halves_of_the_day_is_asked_about(text, hour, minute, about):
    early, late = time(hour % 12, minute), time(hour % 12 + 12, minute)
    assert read_time(text) == MorningOrEvening(hour, minute, (early, late), about)


@pytest.mark.parametrize(
    "text",
    [
        *("24:00", "25:00", "12:60", "-1", "25", "9:5 PM", "9.5", "13pm", "0pm", "½", "9½", "7pn"),
        *("", "film", "evening", "Saturday 9pm", "6-8pm", "6pm or 7pm", "9pm in the morning"),
        *("1e9", "NaN", "999999999999", "18:15:00", "x" * 101, "(" * 100, "\ud800", "183"),
    ],
)
def test_what_is_no_time_is_refused(text: str):
    assert isinstance(read_time(text), NotUnderstood)


@given(st.times())
def test_every_time_is_read_as_it_is_written(at: time):
    at = at.replace(second=0, microsecond=0)
    assert read_time(f"{at:%H:%M}") == at
    assert read_time(f"{at:%I:%M %p}") == at
    assert read_time(f"{at:%I.%M%p}".lower()) == at


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 0 ", 0), ("٣", 3), ("+3", 3), ("seven", 7), ("twenty-five", 25), ("007", 7)],
)
def test_a_whole_number_is_read(text: str, number: int):
    assert read_number(text, 0, 100) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1e309",
        "NaN",
        "-0",
        "-1",
        "101",
        "9" * 19,
        "9" * 4096,
        "½",
        "1.5",
        "1_0",
        "0x1",
        "one two",
    ],
)
def test_what_is_no_whole_number_within_the_bounds_is_refused(text: str):
    assert isinstance(read_number(text, 0, 100), NotUnderstood)


def test_a_number_may_be_negative_where_that_is_allowed():
    assert read_number("-3", -5, 5) == -3


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("rest until 5 January", date(2027, 1, 5)),
        ("5th of January", date(2027, 1, 5)),
        ("January 5th, 2028", date(2028, 1, 5)),
        ("5 Jan", date(2027, 1, 5)),
        ("until 2026-12-24", date(2026, 12, 24)),
        ("24.12.", date(2026, 12, 24)),
        ("24.12", date(2026, 12, 24)),
        ("24. 12. 2026", date(2026, 12, 24)),
        ("24.12.26", date(2026, 12, 24)),
        ("23.11.", date(2027, 11, 23)),
        ("12/24", date(2026, 12, 24)),
        ("24/12/2026", date(2026, 12, 24)),
        ("4/4", date(2027, 4, 4)),
        ("until Monday", date(2026, 11, 30)),
        ("until Sunday!", date(2026, 11, 29)),
        ("next Friday", date(2026, 11, 27)),
        ("Monday 30 November", date(2026, 11, 30)),
        ("tomorrow", date(2026, 11, 24)),
        ("the day after tomorrow", date(2026, 11, 25)),
        ("in 3 days", date(2026, 11, 26)),
        ("for two weeks", date(2026, 12, 7)),
        ("for a fortnight", date(2026, 12, 7)),
        ("for a month", date(2026, 12, 23)),
        ("for a year", date(2027, 11, 23)),
        ("next week", date(2026, 11, 30)),
        ("next month", date(2026, 12, 1)),
        ("until January", date(2027, 1, 1)),
        ("until November", date(2027, 11, 1)),
        ("29 Feb", date(2028, 2, 29)),
        ("٢٤.١٢.", date(2026, 12, 24)),
    ],
)
def test_a_date_to_come_is_read(text: str, day: date):
    assert read_date(text, A_MONDAY) == day


def test_a_month_ends_where_the_next_one_is_shorter():
    assert read_date("for three months", date(2026, 11, 30)) == date(2027, 2, 28)


def test_day_and_month_that_may_be_exchanged_are_asked_about():
    assert read_date("3/4", A_MONDAY) == WhichDate((date(2027, 4, 3), date(2027, 3, 4)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31 April", Reason.NO_SUCH_DATE),
        ("2026-13-01", Reason.NO_SUCH_DATE),
        ("29.02.2027", Reason.NO_SUCH_DATE),
        ("Tuesday 30 November", Reason.NO_SUCH_DATE),
        ("0.0.", Reason.NO_SUCH_DATE),
        ("0000-01-01", Reason.NO_SUCH_DATE),
        ("for 0 weeks", Reason.IN_THE_PAST),
        ("today", Reason.IN_THE_PAST),
        ("5 January 2020", Reason.IN_THE_PAST),
        ("2026-11-23", Reason.IN_THE_PAST),
        ("for 9999999 weeks", Reason.OUT_OF_RANGE),
        ("for 999999999 years", Reason.OUT_OF_RANGE),
        ("1.1.9999", Reason.OUT_OF_RANGE),
        ("rest", Reason.NOTHING),
        ("", Reason.NOTHING),
        ("Christmas", Reason.NOTHING),
        ("until Funday", Reason.NOTHING),
        ("5 January or so", Reason.NOTHING),
        ("24.12.2026 25.12.2026", Reason.NOTHING),
        ("yesterday", Reason.NOTHING),
        ("x" * 101, Reason.TOO_LONG),
    ],
)
def test_what_is_no_date_to_come_is_refused(text: str, reason: Reason):
    assert read_date(text, A_MONDAY) == NotUnderstood(reason, "" if len(text) > 100 else text)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 3000))
def test_every_date_to_come_is_read_as_it_is_written(today: date, days: int):
    day = today + timedelta(days=days)
    for text in (
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {day:%B %Y}",
        f"{day:%b %d, %Y}",
    ):
        assert read_date(f"until {text}", today) == day, text


@given(st.text(), st.dates())
def test_no_text_raises(text: str, today: date):
    named = read_date(text, today)
    assert not isinstance(named, date) or named > today
    read_time(text)
    read_number(text, 0, 9)
    read_answer(text)


DATE_WORDS = [
    "until",
    "next",
    "5",
    "31",
    "January",
    "Monday",
    "for",
    "weeks",
    "year",
    "/",
    ".",
    "2027",
]


@given(st.lists(st.sampled_from(DATE_WORDS), max_size=6).map(" ".join), st.dates())
def test_no_order_of_date_words_raises_or_looks_back(text: str, today: date):
    named = read_date(text, today)
    assert not isinstance(named, date) or named > today


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("did it", Done()),
        ("Did it!", Done()),
        ("done", Done()),
        ("yes I did", Done()),
        ("Yes, I did.", Done()),
        ("✅ done", Done()),
        ("done: film", Done("film")),
        ("Done – my craft!", Done("my craft")),
        ("did yoga", Done("yoga")),
        ("I did the film", Done("film")),
        ("rest", Rest()),
        ("Rest this week.", Rest()),
        ("rest until 5 January", Rest("until 5 January")),
        ("rest for two weeks", Rest("for two weeks")),
        ("not this time", NotThisTime()),
        ("Didn't", NotThisTime()),
        ("I didn’t", NotThisTime()),
        ("no, I did not", NotThisTime()),
        ("did it this morning", Done()),
        ("did it yesterday", Done(days_ago=1)),
        ("I did it last night", Done(days_ago=1)),
        ("done film yesterday", Done("film", days_ago=1)),
        ("I did it on Friday", Done(weekday=FRIDAY)),
        ("did film last Saturday", Done("film", days_ago=1, weekday=SATURDAY)),
        ("did it last week", Done(in_the_past=True)),
        ("did the Sunday roast", Done("Sunday roast")),
        ("didn't do it on Friday", NotThisTime()),
        ("I'm on holiday until 6 January", Rest("until 6 January")),
        ("I'll be away until Monday", Rest("until Monday")),
        ("did it 2 days ago", Done(days_ago=2)),
        ("did film two days ago", Done("film", days_ago=2)),
        ("did it the day before yesterday", Done(days_ago=2)),
        ("did it 30 days ago", Done(in_the_past=True)),
    ],
)
def test_an_answer_is_read(text: str, answer: Done | Rest | NotThisTime):
    assert read_answer(text) == answer


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (Done(), "2026-11-28"),
        (Done(days_ago=1), "2026-11-27"),
        (Done(weekday=FRIDAY), "2026-11-27"),
        (Done(weekday=SATURDAY), "2026-11-28"),
        (Done(days_ago=1, weekday=SATURDAY), "2026-11-21"),
        (Done(weekday=SUNDAY), "2026-11-22"),
    ],
)
def test_the_day_that_is_told_lies_in_the_week_before(said: Done, day: str):
    assert said.on(date(2026, 11, 28)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Done()),
        ("film", Done("film")),
        ("film last Sunday", Done("film", days_ago=1, weekday=SUNDAY)),
        ("yesterday", Done(days_ago=1)),
        ("x" * 300, Done("x" * 300)),
    ],
)
def test_behind_the_command_stands_a_way_or_a_day_or_both(text: str, said: Done):
    assert read_done(text) == said


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Yes!", True), ("absolutely", True), ("not really", False), ("No.", False), ("film", None)],
)
def test_yes_and_no_are_read(text: str, answer: bool | None):
    assert read_yes(text) is answer


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "no", "Berlin", "", "did it?", "did not feel like it", "did nothing", "did you"),
        *(
            "done with this",
            "rest every Saturday",
            "restaurant",
            "dinner on Saturday",
            "rest until",
            "a break for tea",
            "holiday for two every Saturday",
        ),
        *("not done", "undone", "didn't enjoy it but did it", "did " * 50, "done " + "x" * 300),
    ],
)
def test_what_is_no_known_answer_is_none(text: str):
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yeah", True),
        ("ok.", True),
        ("Yes, that’s it!", True),
        ("looks good", True),
        ("No", False),
        ("Not quite", False),
        ("Sunday", None),
    ],
)
def test_what_was_understood_is_agreed_to_or_not(text: str, answer: bool | None):
    assert read_agreed(text) is answer


@pytest.mark.parametrize(("text", "next_"), [("Done.", True), ("that’s all", True), ("tea", False)])
def test_next_is_read(text: str, next_: bool):
    assert read_next(text) is next_
