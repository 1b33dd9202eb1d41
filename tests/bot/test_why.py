"""/why: each reason with a study that was read, and with its limit."""

import re
from pathlib import Path

import pytest

from bot.texts.why import REASONS, page
from tests.process import Someone, text_of

READ = Path(__file__).parents[3] / "shared" / "evidence.md"
"""The notes on the studies, where they are kept beside us; V marks those that were read."""
HEALTH = re.compile(
    r"cortisol|anxiety|depress|treats|cures|heals|blood pressure|disease", re.IGNORECASE
)


def test_each_reason_has_its_study_its_finding_and_its_limit():
    assert len({reason.does for reason in REASONS}) == len(REASONS)
    for reason in REASONS:
        assert re.search(r"\b(19|20)\d\d\b", reason.study)
        assert reason.found
        assert reason.limit


@pytest.mark.skipif(not READ.is_file(), reason="the notes on the studies are not beside us")
@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.study[:20])
def test_every_study_was_read_and_its_figures_are_in_the_notes(reason):
    first, year = re.match(r"(\w+).*?(\d{4})", reason.study).groups()
    notes = READ.read_text("utf-8").splitlines()
    rows = [line for line in notes if line.startswith("|") and first in line and year in line]
    marked = [row for row in rows if row.split("|")[4].strip().startswith("V")]
    assert marked, reason.study
    said = "\n".join(marked) + "\n".join(_same_source(notes, marked))
    for figure in re.findall(r"\d[\d,]*", reason.found):
        assert figure in said, figure


def _same_source(notes: list[str], marked: list[str]) -> list[str]:
    """Rows that say "same" belong to the study above them."""
    return [
        line
        for place, line in enumerate(notes)
        if line.count("|") > 4
        and line.split("|")[3].strip() == "same"
        and notes[place - 1] in marked
    ]


def test_no_page_makes_a_claim_about_health():
    for number in range(len(REASONS)):
        assert not HEALTH.search(page(number))


async def test_the_reasons_are_turned_like_pages(anna: Someone):
    assert "1 of 12" in text_of(await anna.says("/why"))
    assert "←" not in await anna.labels()
    assert "2 of 12" in text_of(await anna.taps("→"))
    assert "1 of 12" in text_of(await anna.taps("←"))
