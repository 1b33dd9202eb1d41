"""/why: each reason with a study that was read, and with its limit."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.studies import STUDIES
from bot.texts.why import REASONS, page
from tests.process import Someone, text_of

CATALOGUE = Path(__file__).parents[2] / "bot" / "locales" / "letloose.pot"
CLAIMS = re.compile(
    r"\b(studies|experiments?|trials?|research|evidence|proven?|programmes|on average|tend to)\b"
    r"|^\d+ people\b|decides? nothing|once they count it",
    re.IGNORECASE,
)
"""How a sentence says what holds for people in general."""
TIED = {
    "Some enjoy a thing less once they count it.": "Etkin 2016",
    "one week decides nothing": "Lally 2010",
}
"""Practical tips outside /why, each with the entry that it rests on."""
HEALTH = re.compile(
    r"cortisol|anxiety|depress|treats|cures|heals|blood pressure|disease", re.IGNORECASE
)


def sentences() -> list[str]:
    """Whatever the bot may say."""
    with CATALOGUE.open("rb") as file:
        found = [message.id for message in read_po(file) if message.id]
    return [each if isinstance(each, str) else each[0] for each in found]


def test_each_reason_has_its_study_its_finding_and_its_limit():
    assert len({reason.does for reason in REASONS}) == len(REASONS)
    for reason in REASONS:
        assert reason.study in STUDIES.values()
        assert reason.found
        assert reason.limit


@pytest.mark.parametrize("name", STUDIES)
def test_every_entry_says_what_was_found_and_where(name):
    study = STUDIES[name]
    assert study.topic
    assert study.found
    author, _, year = name.partition(" ")
    assert author in study.cited
    assert year in study.cited


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.study.cited[:20])
def test_every_figure_is_in_the_entry_that_it_is_told_from(reason):
    for figure in re.findall(r"\d[\d,]*", reason.found):
        assert re.search(rf"(?<![\d,.]){figure}(?![\d,])", reason.study.found), figure


def test_every_claim_in_the_catalogue_is_tied_to_an_entry():
    told = {text for reason in REASONS for text in (reason.does, reason.found, reason.limit)}
    claims = [each for each in sentences() if CLAIMS.search(each)]
    assert [
        claim for claim in claims if claim not in told and not any(tip in claim for tip in TIED)
    ] == []
    assert {reason.found for reason in REASONS} <= set(sentences())
    for tip, name in TIED.items():
        assert any(tip in claim for claim in claims), tip
        assert name in STUDIES


def test_no_page_makes_a_claim_about_health():
    for number in range(len(REASONS)):
        assert not HEALTH.search(page(number))


async def test_the_reasons_are_turned_like_pages(anna: Someone):
    assert "1 of 13" in text_of(await anna.says("/why"))
    assert "←" not in await anna.labels()
    assert "2 of 13" in text_of(await anna.taps("→"))
    assert "1 of 13" in text_of(await anna.taps("←"))
