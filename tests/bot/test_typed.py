"""What a person typed, made safe."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.typed import Empty, TooLong, clean, telegram_length, visible_length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ISOLATE, END_ISOLATE = "\u2067", "\u2069"
EMBEDDING, END_EMBEDDING = "\u202e", "\u202c"


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  film  noir ", "film noir"),
        ("film\nand\ttea", "film and tea"),
        ("fi\x00lm\x07\x9f", "film"),
        ("film\r\n\r\nnoir", "film noir"),
        ("\ud800film", "\ufffdfilm"),
        ("film\u3000noir\u00a0", "film noir"),
        ("<b>film</b> & tea", "<b>film</b> & tea"),
        ("cafe\u0301", "café"),
        (FAMILY, FAMILY),
        ("\u200bfilm\ufeff", "film"),
    ],
)
def test_a_title_is_cleaned(typed: str, cleaned: str):
    assert clean(typed, 64) == cleaned


def test_a_note_keeps_its_lines():
    assert clean("one\r\n two \u2028three\n\n", 64, lines=True) == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "typed", ["", "  ", "\n\t", "\u200b\u200d", "\u2800", "\u3164", "\u0301", "\u200d \u200d", "\0"]
)
def test_nothing_to_be_seen_is_empty(typed: str):
    assert clean(typed, 64) == Empty()


def test_the_limit_counts_visible_characters():
    assert clean("x" * 64, 64) == "x" * 64
    assert clean("x" * 65, 64) == TooLong(65, 64)
    assert clean(FAMILY * 64, 64) == FAMILY * 64
    assert clean("e\u0323\u0302" * 64, 64) == "ệ" * 64


def test_padding_that_nobody_sees_has_a_limit_too():
    assert isinstance(clean("film" + "\u2060x" * 0 + "\u200d" * 4096 + "s", 64), TooLong)


def test_a_letter_keeps_three_marks():
    assert clean("x" + "\u0323" * 500 + "y", 64) == "x" + "\u0323" * 3 + "y"


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (f"{ISOLATE}film", f"{ISOLATE}film{END_ISOLATE}"),
        (f"film{END_ISOLATE}", "film"),
        (f"{EMBEDDING}film", f"{EMBEDDING}film{END_EMBEDDING}"),
        (f"film{END_EMBEDDING}", "film"),
        (f"{ISOLATE}a{EMBEDDING}b{END_ISOLATE}c", f"{ISOLATE}a{EMBEDDING}b{END_ISOLATE}c"),
        (f"{ISOLATE}a{END_EMBEDDING}b", f"{ISOLATE}ab{END_ISOLATE}"),
        (
            f"{EMBEDDING}a{ISOLATE}b",
            f"{EMBEDDING}a{ISOLATE}b{END_ISOLATE}{END_EMBEDDING}",
        ),
    ],
)
def test_text_direction_is_balanced(typed: str, cleaned: str):
    assert clean(typed, 64) == cleaned


def test_each_line_of_a_note_is_balanced_by_itself():
    note = clean(f"{ISOLATE}one\ntwo{END_ISOLATE}", 64, lines=True)
    assert note == f"{ISOLATE}one{END_ISOLATE}\ntwo"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("film noir", 9),
        ("café", 4),
        ("cafe\u0301", 4),
        (FAMILY, 1),
        ("👍🏽", 1),
        ("🇩🇪🇫🇷", 2),
        ("❤\ufe0f", 1),
        ("می\u200cخواهم", 7),
        ("a\u200db", 2),
    ],
)
def test_length_is_what_a_person_would_count(text: str, length: int):
    assert visible_length(text) == length


def test_telegram_counts_utf_16_units():
    assert telegram_length("film") == 4
    assert telegram_length("👍🏽") == 4
    assert telegram_length("\ud800") == 1


HARMFUL = "\0\x1b\x7f\x85\ud800\udfff\u202e\u202c\u2066\u2069\u200b\u200d\u0301\u2800 \n\tfilm👍🏽"


@example("\U0001f3fb", False)  # a skin tone without anybody to wear it
@example("0 \x1b\x850", False)  # a control between two spaces
@given(st.text(st.characters() | st.sampled_from(HARMFUL)), st.booleans())
def test_cleaned_text_is_safe_and_stays_as_it_is(typed: str, lines: bool):
    cleaned = clean(typed, 64, lines=lines)
    if not isinstance(cleaned, str):
        return
    assert clean(cleaned, 64, lines=lines) == cleaned
    assert 1 <= visible_length(cleaned) <= 64
    cleaned.encode()
    assert all(unicodedata.category(char) != "Cc" or (lines and char == "\n") for char in cleaned)
    isolates = sum(cleaned.count(char) for char in "\u2066\u2067\u2068")
    assert isolates >= cleaned.count(END_ISOLATE)
