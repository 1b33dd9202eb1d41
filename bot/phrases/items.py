"""Where in a text something is said about days and times."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from bot.phrases.facts import Bare, Facts
from bot.phrases.stating import Stating
from bot.phrases.words import Word

MOST_WORDS_OF_AN_ITEM = 32
"""Bounds the work: each word is read at most this often. All seven days take 20."""

OPENING = frozenset({"ON", "AT", "ABOUT", "IN", "FROM", "THE", "PER", "MOSTLY", "LEAST"})
"""Kinds that may stand before an item and belong to it: "on a Saturday", "mostly at 6"."""

GLUE = frozenset({"COMMA", "STOP", "AND", "OR", "DASH", "SLASH", "TO"})
"""Kinds across which two items still stand side by side."""


@dataclass(frozen=True, slots=True)
class Item:
    """One statement: words[start:end], opening words included.

    opening: their kinds. begins: the kind of the first word after them.
    """

    start: int
    end: int
    opening: frozenset[str]
    begins: str
    facts: Facts

    @property
    def is_bare(self) -> bool:
        """Whether it is but a number."""
        return isinstance(self.facts[0], Bare)


class _NoLexer(Lexer):
    """The words are cut and named before the parser sees them."""

    def __init__(self, _configuration: object) -> None:
        """Take what Lark gives to every lexer."""

    def lex(self, _state: object, _parser: object) -> Iterator[Token]:
        """Yield nothing; each word is fed by hand."""
        yield from ()


@lru_cache(maxsize=2)
def grammar(*, half_before: bool) -> Lark:
    """The parser, built on first use."""
    return Lark(
        files(__package__).joinpath("grammar.lark").read_text("utf-8"),
        parser="lalr",
        lexer=_NoLexer,
        start=["item", "date"],
        transformer=Stating(half_before=half_before),
        maybe_placeholders=False,
    )


def items(words: list[Word], parser: Lark) -> list[Item]:
    """All statements of a text, in order, each as long as it can be."""
    found = []
    index = 0
    while index < len(words):
        item = _item_at(words, index, parser)
        if item:
            found.append(item)
        index = item.end if item else index + 1
    return found


def _item_at(words: list[Word], start: int, parser: Lark) -> Item | None:
    if _is_left_before(words[start : start + 2]):
        return None
    first = start
    while True:
        end, facts = longest(words, first, parser)
        if end > first:
            behind = _mostly_behind(words, end)
            opening = frozenset(word.kind for word in [*words[start:first], *behind])
            return Item(start, end + len(behind), opening, words[first].kind, facts)
        if first >= len(words) or words[first].kind not in OPENING or first - start > 3:
            return None
        first += 1


def _mostly_behind(words: list[Word], end: int) -> list[Word]:
    """ "On Saturdays mostly", and not "on Saturdays, mostly with Ben"."""
    kinds = [word.kind for word in words[end : end + 2]]
    ends = kinds in (["MOSTLY"], ["MOSTLY", "COMMA"], ["MOSTLY", "STOP"])
    return words[end : end + 1] if ends else []


def _is_left_before(pair: list[Word]) -> bool:
    """ "Sleep in on Sunday": the "in" is of what stands before it."""
    kinds = [word.kind for word in pair]
    return kinds in (["IN", "ON"], ["IN", "AT"])


def longest(words: list[Word], start: int, parser: Lark, rule: str = "item") -> tuple[int, Any]:
    """The longest run of words from start that the rule accepts: its end and what it says.

    The end is start itself where nothing is accepted.
    """
    # Lark leaves the methods of its interactive parser without types.
    reading: Any = parser.parse_interactive(start=rule)
    end, said = start, None
    for index in range(start, min(len(words), start + MOST_WORDS_OF_AN_ITEM)):
        if not _feed(reading, words[index]):
            break
        if (whole := _whole(reading)) is not None:
            end, said = index + 1, whole
    return end, said


def _whole(reading: Any) -> Any:
    """What was read so far says, if it may end here; None otherwise."""
    if "$END" not in reading.choices():
        return None
    try:
        return reading.copy(deepcopy_values=False).feed_eof()
    except UnexpectedToken:  # "between 2": the tables of LALR see it only after reducing
        return None


def _feed(reading: Any, word: Word) -> bool:
    if word.kind not in reading.choices():
        return False
    try:
        # All that the parser asks of a token is its type.
        reading.feed_token(word)
    except UnexpectedToken:
        return False
    return True
