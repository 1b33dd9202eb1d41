"""The HTML reader held against TDLib itself, which is where Telegram's rules live."""

import json
import random

import pytest
import tdjson

from playground.errors import RefusedError
from playground.markup import commands_in, parse_html

TEXTS = 6_000

tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')

KINDS = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "DateTime": "date_time",
}
STARTS = [
    *("<b>", "<strong>", "<i>", "<em>", "<u>", "<ins>", "<s>", "<strike>", "<del>", "<B>", "<I >"),
    *("<tg-spoiler>", '<span class="tg-spoiler">', "<span class=tg-spoiler>", "<span>", "<SPAN>"),
    *("<span class='other'>", '<span class="tg-spoiler" id=3>', "<code>", "<pre>", "<blockquote>"),
    *('<code class="language-python">', "<code class=language-c>", "<code class='x'>"),
    *('<code class="language-">', "<blockquote expandable>", "<blockquote expandable='1'>"),
    *("<blockquote other>", '<a href="https://example.com/a?b=c&amp;d">', "<a href='example.com'>"),
    *("<a>", '<a href="">', '<a href="localhost">', '<a href="tg://user?id=42">', "<a name=x>"),
    *('<a href="ftp://example.com">', '<a href="https://Example.COM">', '<a href="http://a b.c">'),
    *("<br>", "<p>", "<br/>", "<", "<>", "<3", "< b>", "<b", "<b x", "<b x=", "<b x='y", "<b =>"),
    *(
        "<b x=y>",
        "<b x y>",
        "<b x = 'y&quot;z'>",
        "<b x=y!>",
        "<b\n>",
        "<b\t x>",
        '<tg-emoji emoji-id="5">',
    ),
]
ENDS = [
    *("</b>", "</strong>", "</i>", "</em>", "</u>", "</s>", "</tg-spoiler>", "</span>", "</code>"),
    *("</pre>", "</blockquote>", "</a>", "</>", "</B >", "</b", "</ b>", "</x>", "</tg-emoji>"),
]
WORDS = [
    *(
        "tea",
        " ",
        "  ",
        "\n",
        "и чай",
        "🙂",
        "👩‍👩‍👧",
        "é",
        "&amp;",
        "&lt;",
        "&gt;",
        "&quot;",
        "&nbsp;",
    ),
    *(
        "&",
        "&#",
        "&#60;",
        "&#x3C;",
        "&#X3C;",
        "&#128512;",
        "&#0;",
        "&#1114111;",
        "&#55357;",
        "&amp",
    ),
    *("&apos;", ">", '"', "'", "=", "/", "&ampx;", "&#60", "&#xD83D;", "&lt", "&#99999999999;"),
    *("&#x1F600;", "\t", "\r\n", "\u200b", "﷽", "example.com", "&#1114110;", "&AMP;", "&#x;"),
]


def by_tdlib(source: str) -> tuple[str, list[tuple[object, ...]]] | str:
    """Give what TDLib reads: text and entities, or the reason for its refusal."""
    request = {
        "@type": "parseTextEntities",
        "text": source,
        "parse_mode": {"@type": "textParseModeHTML"},
    }
    answer = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    if answer["@type"] == "error":
        return str(answer["message"])
    return answer["text"], [as_tuple(entity) for entity in answer["entities"]]


def as_tuple(entity: dict) -> tuple[object, ...]:
    kind = entity["type"]
    detail = kind.get("url") or kind.get("user_id") or kind.get("language") or ""
    detail = kind.get("custom_emoji_id", detail) or kind.get("unix_time", detail)
    name = KINDS[kind["@type"].removeprefix("textEntityType")]
    return name, entity["offset"], entity["length"], str(detail)


def by_us(source: str) -> tuple[str, list[tuple[object, ...]]] | str:
    try:
        text, entities = parse_html(source)
    except RefusedError as refused:
        reason = refused.description.removeprefix("Bad Request: ")
        return reason[0].upper() + reason[1:]
    return text, [ours(entity) for entity in entities]


def ours(entity: dict) -> tuple[object, ...]:
    detail = entity.get("url") or entity.get("user", {}).get("id") or entity.get("language", "")
    detail = entity.get("custom_emoji_id", detail) or entity.get("unix_time", detail)
    return entity["type"], entity["offset"], entity["length"], str(detail)


def wild(chance: random.Random) -> str:
    """Give any tags, closed or not, in any order."""
    return "".join(chance.choice(chance.choice([STARTS, ENDS, WORDS, WORDS])) for _ in range(6))


def tame(chance: random.Random, depth: int = 3) -> str:
    """Give tags that close in the right order, most of which Telegram takes."""
    pieces = []
    for _ in range(chance.randint(1, 3)):
        start = chance.choice(STARTS)
        if depth and start.endswith(">") and chance.random() < 0.6:
            name = start.strip("<>").split()[0] if start.strip("<> ") else ""
            pieces.append(f"{start}{tame(chance, depth - 1)}</{name}>")
        else:
            pieces.append(chance.choice(WORDS))
    return "".join(pieces)


@pytest.mark.parametrize("kind", [wild, tame])
def test_text_entities_and_refusals_are_tdlibs(kind):
    chance = random.Random(kind.__name__)
    for source in (kind(chance) for _ in range(TEXTS)):
        assert (source, by_us(source)) == (source, by_tdlib(source))


def test_both_kinds_of_texts_are_taken_and_refused_often_enough_to_mean_something():
    chance = random.Random(5)
    taken = sum(not isinstance(by_tdlib(tame(chance)), str) for _ in range(500))
    refused = sum(isinstance(by_tdlib(wild(chance)), str) for _ in range(500))

    assert taken > 100
    assert refused > 100


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("/start", 6),
        ("/start now", 6),
        ("/done@a_bot x", 11),
        ("/ no", 0),
        ("no /start", 0),
        ("", 0),
    ],
)
def test_a_command_at_the_beginning_is_marked(text, length):
    assert sum(entity["length"] for entity in commands_in(text)) == length
