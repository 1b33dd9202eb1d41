"""Which addresses Telegram takes for a link in a text, and which point at a person.

Source: LinkManager::check_link and parse_url of tdlib/td, whose answers the tests compare.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

LARGEST_USER = 2**40 - 1
IN_APP = re.compile("(tg|ton|tonsite):(?://)?", re.IGNORECASE)
WEB = re.compile("(https?)://", re.IGNORECASE)
FOREIGN = re.compile(r"[^:/?#@\[\]\"]*://")
USER = re.compile("tg:(?://)?user/?[?](.*)", re.IGNORECASE | re.DOTALL)
PARTS = re.compile(r"(?:(?P<user>[^/?#]*)@)?(?P<host>\[[^/?#]*\]|[^/?#:]*)(?::(?P<port>[^/?#]*))?")
HOST = re.compile(r"(?:[a-z0-9.\-_!$,~*'();&+=\u0080-\U0010ffff]|%[0-9a-f]{2})+")
HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class _Address:
    authority: str
    host: str
    rest: str


def mentioned_user(target: str) -> int | None:
    """Give the user a `tg://user?id=` address means, or None if it is no such address."""
    found = USER.match(target)
    number = parse_qs(found[1].partition("#")[0]).get("id", [""])[0] if found else ""
    is_user = number.isascii() and number.isdigit() and 0 < int(number) <= LARGEST_USER
    return int(number) if is_user else None


def checked_link(target: str) -> str | None:
    """Give the address as Telegram writes it, or None if it takes it for no link at all."""
    in_app, web = IN_APP.match(target), WEB.match(target)
    start = in_app or web
    address = _parsed(target[start.end() :] if start else target)
    if address is None or (not start and FOREIGN.match(target)):
        return None
    if in_app:
        rest = address.rest[1:] if address.rest.startswith("/?") else address.rest
        return f"{in_app[1].lower()}://{address.authority}{rest}"
    if "." not in address.host and not address.host.startswith("["):
        return None
    return f"{web[1].lower() if web else 'http'}://{address.authority}{address.rest}"


def _parsed(target: str) -> _Address | None:
    found = PARTS.match(target)
    if found is None or target[found.end() : found.end() + 1] not in {"", "/", "?", "#"}:
        return None
    host, port, user = found["host"].lower(), found["port"], found["user"]
    if not _is_host(host) or not _is_port(port):
        return None
    before, after = "" if not user else f"{user}@", "" if port is None else f":{int(port)}"
    return _Address(f"{before}{host}{after}", host, _rest(target[found.end() :]))


def _rest(text: str) -> str:
    text = text.rstrip(" \t\r\n\0\x0b") or "/"
    escaped = re.sub("[\0- ]", lambda blank: f"%{ord(blank[0]):02X}", text)
    return escaped if escaped.startswith("/") else f"/{escaped}"


def _is_host(host: str) -> bool:
    if host.startswith("["):
        try:
            return bool(ipaddress.IPv6Address(host.strip("[]")))
        except ValueError:
            return False
    return host != "." and HOST.fullmatch(host) is not None


def _is_port(port: str | None) -> bool:
    return port is None or (port.isascii() and port.isdigit() and 0 < int(port) <= HIGHEST_PORT)
