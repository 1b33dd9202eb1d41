"""The catalogue holds every sentence, and what people typed cannot get out of its place."""

import io
import re
import string
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from bot import language
from bot.language import Theirs, count, date_words, plain, say, speaking

BOT = Path(language.__file__).parent
TEMPLATE = language.LOCALES / "letloose.pot"
KEYWORDS = {"say": None, "plain": None, "count": (1, 2), "N_": None}


def said_in_the_code() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(BOT), [("**.py", "python")], {}, KEYWORDS)
    return {message for _, _, message, _, _ in found}


def test_the_catalogue_template_holds_exactly_the_sentences_of_the_code():
    with TEMPLATE.open("rb") as file:
        kept = {message.id for message in read_po(file) if message.id}
    assert kept == said_in_the_code(), "run `make texts`"


def test_every_sentence_is_written_out_where_it_is_said():
    """A sentence put together elsewhere would be in no catalogue."""
    for path in BOT.rglob("*.py"):
        for call in re.finditer(
            r"\b(?:say|plain|count)\(\s*(f['\"]|[a-z_]+[,)])", path.read_text()
        ):
            pytest.fail(f"{path.name}: {call[0]}")


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A catalogue for German in a folder of its own."""
    catalogue = Catalog(locale="de")
    catalogue.add("Did it leave you fulfilled?", "Hat es dich erfüllt?")
    catalogue.add(("{n} day", "{n} days"), ("{n} Tag", "{n} Tage"))
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    written = io.BytesIO()
    write_po(written, catalogue)
    (folder / "letloose.po").write_bytes(written.getvalue())
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    language._catalogue.cache_clear()
    yield
    language._catalogue.cache_clear()


def test_a_language_is_a_file(german: None):
    assert language.languages() == ("en", "de")
    assert language.nearest("de-AT") == "de"
    with speaking("de"):
        assert say("Did it leave you fulfilled?") == "Hat es dich erfüllt?"
        assert count("{n} day", "{n} days", 2) == "2 Tage"
        assert date_words(date(2026, 11, 28)) == "Sa., 28. Nov."
        assert plain("Not in the catalogue") == "Not in the catalogue"


@pytest.mark.parametrize("code", ["xx-INVALID", "x" * 200, "", None, "../../etc", "EN-gb"])
def test_an_unknown_language_is_english(code: str | None):
    assert language.nearest(code) == "en"


@given(st.text())
def test_typed_markup_is_shown_as_typed(typed: str):
    shown = say("<b>{what}</b>", what=Theirs(typed))
    inside = shown.removeprefix("<b>\u2068").removesuffix("\u2069</b>")
    assert not set("<>") & set(inside)
    assert inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == typed


def test_a_template_in_a_title_is_not_filled_in():
    assert "{user.token}" in say("{title}", title=Theirs("{user.token} %s {{7*7}}"))


def test_every_translation_uses_the_placeholders_of_its_sentence():
    """Wrong names would only fail when they are said; English has none to compare with yet."""
    names = lambda sentence: {name for _, name, _, _ in string.Formatter().parse(sentence) if name}  # noqa: E731
    for path in language.LOCALES.glob("*/LC_MESSAGES/letloose.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.string:
                    assert names(message.id) == names(str(message.string)), (path, message.id)
