"""Which addresses Telegram takes for a link in a text, and which point at a person."""

import re
from urllib.parse import parse_qs, urlsplit


def mentioned_user(target: str) -> int | None:
    """Give the user a `tg://user?id=` address means, or None if it is no such address."""
    found = re.match(r"tg:(?://)?user(?:[?/].*)?$", target.strip(), re.IGNORECASE)
    if not found:
        return None
    number = parse_qs(urlsplit(target).query).get("id", [""])[0]
    return int(number) if number.isdigit() and int(number) > 0 else None


def checked_link(target: str) -> str | None:
    """Give the address as Telegram writes it, or None if it takes it for no link at all."""
    target = target.strip()
    if re.match(r"(tg|ton|tonsite):", target, re.IGNORECASE):
        return target
    scheme, mark, rest = target.partition("://")
    if not mark:
        scheme, rest = "http", target
    if scheme.lower() not in {"http", "https"}:
        return None
    host, path = re.match(r"([^/?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    if "." not in host.strip(".") or re.search(r"[\s<>\"]", host):
        return None
    return f"{scheme.lower()}://{host.lower()}{path or '/'}"
