"""One sentence, its questions one at a time, and what becomes of hostile ones."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import drafting
from bot.draft import Days, Draft, Name, When, from_json, to_json
from bot.drafting import Full, add_ways, from_reading, mark_of, with_tick
from bot.phrases import Ambiguous, Commitment, NotUnderstood, WhatToDo, read_commitment
from bot.questions import options_of, question_of
from bot.texts.questions import named_after
from bot.texts.refusals import refused
from bot.typed import Empty, TooLong, visible_length
from habits.rules.commitment import LONGEST_TITLE, MOST_WAYS
from habits.rules.person import Person
from tests.process import Someone, text_of

ANNA = Person(1, "Anna")
SENTENCES = [
    "yoga sat 6ish",
    "film at 8pm",
    "three times a week guitar",
    "guitar 3 times a week on Mon and Wed",
    "every Saturday at 8pm",
    "Midnight in Paris on Saturdays",
    "Sunday roast on Fridays",
    "walk Mon/Thu",
    "dinner with friends every other friday at 7.30pm",
    "film or book with tea on weekends",
]


def labels_of(message: dict[str, Any]) -> list[str]:
    rows = message["inline_keyboard"] or ()
    return [re.sub("[\u2066-\u2069]", "", button["text"]) for row in rows for button in row]


def draft_of(sentence: str) -> Draft:
    reading = read_commitment(sentence)
    assert isinstance(reading, Commitment | Ambiguous)
    draft, wrong = from_reading(reading)
    assert wrong is None
    return draft


async def test_six_ish_is_asked_about_and_answered_with_a_button(berliner: Someone):
    asked = await berliner.says("yoga sat 6ish")
    assert text_of(asked) == "Saturdays around 6: in the morning or in the evening?"
    assert labels_of(asked) == [
        "Morning, 06:00",
        "Evening, 18:00",
        "Saturday evening, no exact time",
    ]
    shown = await berliner.taps("Evening, 18:00")
    assert "Yoga, every Saturday at 18:00 (Berlin time)." in text_of(shown)


@pytest.mark.parametrize(
    ("sentence", "typed", "understood"),
    [
        ("yoga sat 6ish", ["in the evening"], "Yoga, every Saturday at 18:00"),
        ("film at 8pm", ["Mon and Thu"], "Film, every Monday and Thursday at 20:00"),
        (
            "guitar 3 times a week on Mon and Wed",
            ["2"],
            "Guitar, every Monday and Wednesday afternoon",
        ),
        ("every Saturday at 8pm", ["film"], "Film, every Saturday at 20:00"),
        (
            "Midnight in Paris on Saturdays",
            ["evening"],
            "Midnight in Paris, every Saturday evening",
        ),
        ("Sunday roast on Fridays", ["Sundays"], "Sunday roast, every Sunday afternoon"),
        ("walk Mon/Thu", ["Mon or Thu"], "Walk, every Monday or Thursday afternoon"),
        ("walk Mon/Thu", ["no idea", "film every Sunday"], "Film, every Sunday afternoon"),
    ],
)
async def test_questions_can_be_answered_by_typing(
    berliner: Someone, sentence: str, typed: list[str], understood: str
):
    await berliner.says(sentence)
    for answer in typed:
        shown = await berliner.says(answer)
    assert understood in text_of(shown)
    assert labels_of(shown) == ["Yes, that's it", "Change"]


async def test_more_times_than_days_can_be_answered_with_more_days(berliner: Someone):
    asked = await berliner.says("guitar 3 times a week on Mon and Wed")
    assert labels_of(asked) == ["Mondays and Wednesdays", "Choose more days"]
    days = await berliner.taps("Choose more days")
    assert "3 times a week: on which days?" in text_of(days)
    await berliner.taps("Fri")
    shown = await berliner.taps("Next")
    assert "Guitar, every Monday, Wednesday and Friday afternoon" in text_of(shown)


async def test_what_is_refused_names_the_word_the_form_and_an_example(berliner: Someone):
    answer = text_of(await berliner.says("film on Funday"))
    assert answer == (
        "I do not know “Funday”; I read days by their names, and times like 19:30 or 7.30pm. "
        "For example: film every Saturday at 8pm."
    )


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("film sat 25:00", "25:00"),
        ("film sat 24:00", "24:00"),
        ("film sat 12:60", "12:60"),
        ("film sat 9.5", "9.5"),
        ("film every 5 weeks", "every 5 weeks"),
        ("film on 28 Nov", "28 Nov"),
        ("film every Funday", "Funday"),
        ("film sat except holidays", "except"),
    ],
)
def test_each_refusal_names_the_persons_own_word(sentence: str, word: str):
    outcome = read_commitment(sentence)
    assert isinstance(outcome, NotUnderstood)
    assert word in refused(outcome)
    assert "<i>film every" in refused(outcome)


def test_no_refusal_repeats_more_than_a_line():
    reading = read_commitment("film on " + "1e309" * 50 + " saturdays and Fundays on 28 Nov")
    assert isinstance(reading, NotUnderstood)
    assert len(refused(reading)) < 300


HOSTILE = {
    "<b>x</b> & </a> [x](tg://user?id=1) tg://user?id=1": None,
    "film\x00\x07\x9f night club": "film night club",
    "film \t\tnight": "film night",
    "film \ud800": "film \ufffd",
    "a\u0301\u0301\u0301\u0301\u0301\u0301b": "\u00e1\u0301\u0301b",
    "'; DROP TABLE people;--": None,
    "{user.token} %s {{7*7}} ${jndi:ldap://x}": None,
    "\u202efilm": "\u202efilm\u202c",
    "1e309": None,
    "½": None,
    "\ud83d\ude00" * 2: "\ufffd" * 4,
    "Telegram Admin": None,
}


@pytest.mark.parametrize(("typed", "stored"), HOSTILE.items())
def test_a_hostile_title_is_stored_as_typed_but_harmless(typed: str, stored: str | None):
    begun = drafting.asking(drafting.blank(), Name())
    added = add_ways(begun, typed.replace(",", " ").replace(";", " "))
    assert isinstance(added, Draft)
    assert "\x00" not in added.name
    if stored is not None:
        assert added.ways[0] == stored
    json.dumps(to_json(added)).encode()


async def test_hostile_titles_are_shown_as_typed(berliner: Someone):
    await berliner.says("/new")
    typed = "<b>x</b> & {user.token} %s \u202e<a href='tg://user?id=1'>y</a> '--"
    shown = await berliner.says(typed)
    assert typed in text_of(shown)
    assert not [e for e in shown["entities"] or () if e["type"] in ("text_link", "text_mention")]
    await berliner.taps("Next")
    await berliner.taps("Saturday afternoon")
    made = await berliner.taps("Yes")
    assert typed in text_of(made)


@pytest.mark.parametrize("typed", ["yes", "Yeah!", "ok", "that’s right"])
async def test_what_was_understood_is_agreed_to_in_words(berliner: Someone, typed: str):
    await berliner.says("film every Saturday at 6pm")
    assert "Film is yours" in text_of(await berliner.says(typed))


@pytest.mark.parametrize("typed", ["no", "Not quite.", "change it"])
async def test_what_was_misunderstood_may_be_said_so_in_words(berliner: Someone, typed: str):
    await berliner.says("film every Saturday at 6pm")
    assert "What shall be different?" in text_of(await berliner.says(typed))


@pytest.mark.parametrize("typed", ["", "  ", "\u200b\u200d", "\u0301", "\u2800", ", , or ,", "\0"])
def test_a_way_that_shows_nothing_is_refused(typed: str):
    assert add_ways(drafting.blank(), typed) == Empty()


def test_a_title_of_65_is_refused_with_its_length():
    assert add_ways(drafting.blank(), "x" * 65) == TooLong(65, LONGEST_TITLE)
    assert isinstance(add_ways(drafting.blank(), "x" * 64), Draft)
    reading = read_commitment("x" * 65 + " every Saturday")
    assert isinstance(reading, Commitment)
    draft, wrong = from_reading(reading)
    assert wrong == TooLong(65, LONGEST_TITLE)
    assert draft.questions == (Name(),)  # the schedule is kept, the title asked for


async def test_a_sentence_with_a_long_title_keeps_its_schedule(berliner: Someone):
    refused_ = await berliner.says("y" * 70 + " every Sunday")
    assert "this one has 70" in text_of(refused_)
    shown = await berliner.says("Yoga")
    assert "Yoga, every Sunday afternoon" in text_of(shown)


def test_twelve_ways_fit_and_more_are_told_apart():
    typed = ", ".join(f"way {n}" for n in range(13))
    match add_ways(drafting.blank(), typed):
        case Full(draft):
            assert len(draft.ways) == MOST_WAYS
        case other:
            pytest.fail(str(other))
    assert isinstance(add_ways(drafting.blank(), "film, FILM, Film"), Draft)


def test_an_unticked_way_can_be_ticked_again():
    draft = add_ways(drafting.blank(), "pottery")
    assert isinstance(draft, Draft)
    without = with_tick(draft, mark_of("pottery"), ticked=False)
    assert without is not None
    assert without.ways == ()
    assert "pottery" in without.offers
    assert with_tick(without, mark_of("pottery"), ticked=True) == draft
    assert with_tick(draft, mark_of("nothing of the kind"), ticked=True) is None


ways = st.lists(st.text("abc \u00e9😀", min_size=1, max_size=64).filter(str.strip), max_size=12)


@given(ways)
def test_a_title_named_after_its_ways_always_fits(chosen: list[str]):
    title = named_after(chosen)
    assert visible_length(title) <= LONGEST_TITLE
    assert bool(title.strip()) == bool(chosen)


def test_a_title_that_would_be_long_ends_in_something_else():
    assert named_after(["film", "book with tea"]) == "Film or book with tea"
    long = named_after(
        ["film", "book with tea", "dinner with friends", "my craft", "seeing friends"]
    )
    assert long == "Film, book with tea, dinner with friends or something else"
    assert named_after(["x" * 64, "y" * 64]) == "Letting loose"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_draft_is_read_back_as_it_was_kept(sentence: str):
    draft = draft_of(sentence)
    assert from_json(json.loads(json.dumps(to_json(draft)))) == draft


def test_a_draft_of_another_version_is_begun_anew():
    assert from_json(to_json(drafting.blank()) | {"version": 0}) is None


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_first_answer_to_each_question_leads_to_a_whole_draft(sentence: str):
    draft = draft_of(sentence)
    for _ in range(5):
        if not draft.questions:
            break
        text, _buttons = question_of(draft, ANNA)
        assert text
        match draft.questions[0]:
            case WhatToDo():
                added = add_ways(draft, "film")
                assert isinstance(added, Draft)
                draft = drafting.past(added, WhatToDo)
            case Days(target=target):
                ticked = tuple(range(1, (target or 1) + 1))
                draft = drafting.with_days(draft, Days(ticked, target))
            case asked:
                draft = drafting.chosen(draft, options_of(draft, asked)[0][1])
    assert draft.questions == ()
    assert draft.name
    assert draft.schedule.target <= len(draft.schedule.days)


WORDS = "film sat sunday or and at 6 19:30 every two , weeks 3".split()  # noqa: SIM905
typed_text = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "film",
                "sat",
                "sunday",
                "or",
                "and",
                "at",
                "6",
                "19:30",
                "every",
                "two",
                ",",
                "weeks",
                "3",
            ]
        )
    ).map(" ".join),
)


@given(typed_text)
def test_no_text_breaks_a_draft(typed: str):
    added = add_ways(drafting.blank(), typed)
    if isinstance(added, Draft):
        assert 1 <= len(added.ways) <= MOST_WAYS
        assert When() in added.questions
        question_of(added, ANNA)
        assert from_json(json.loads(json.dumps(to_json(added)))) == added


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("piano every day", "Piano, every day in the afternoon (Berlin time)."),
        ("piano every day at 8pm", "Piano, every day at 20:00 (Berlin time)."),
    ],
)
async def test_seven_days_are_every_day(berliner: Someone, typed: str, said: str):
    assert said in text_of(await berliner.says(typed))
