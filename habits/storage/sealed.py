"""People's words encrypted at rest: the keys, and the column type that everything typed has.

A stored value is a mark, a version, the key's id, and base64 of nonce and ciphertext; what does
not begin so is plain. AES-256-GCM, a fresh nonce for each value, bound to its table and column.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

MARK = "\x01"
"""Begins what is encrypted. A control character: nobody's words may begin with it."""
STORED = re.compile(rf"{MARK}v1:([0-9a-f]{{8}}):([A-Za-z0-9+/]+=*)")
KEY_LENGTH, NONCE_LENGTH = 32, 12


class Unreadable(Exception):
    """A stored value cannot be decrypted; the message says which column and key, never a word."""


class NoKeys(Exception):
    """What should be a key file is none; the message says what it must hold."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a key file by their ids; the first encrypts, the others only decrypt."""

    ids: tuple[str, ...]
    ciphers: dict[str, Any]

    @property
    def first(self) -> str:
        """The id of the key that encrypts."""
        return self.ids[0]

    @property
    def prefix(self) -> str:
        """How everything begins that the first key has encrypted."""
        return f"{MARK}v1:{self.first}:"

    def seal(self, words: str, place: str) -> str:
        """The words encrypted for a place, "table.column"."""
        nonce = os.urandom(NONCE_LENGTH)
        sealed = self.ciphers[self.first].encrypt(nonce, words.encode(), place.encode())
        return self.prefix + base64.b64encode(nonce + sealed).decode("ascii")

    def open(self, stored: str, place: str) -> str:
        """The words of a stored value, encrypted or plain. Raises Unreadable."""
        if not stored.startswith(MARK):
            return stored
        found = STORED.fullmatch(stored)
        if found is None:
            raise Unreadable(f"{place} holds something encrypted in a way that is not known")
        cipher = self.ciphers.get(found[1])
        if cipher is None:
            raise Unreadable(f"{place} is encrypted with the key {found[1]}, which is not there")
        sealed = base64.b64decode(found[2])
        try:
            opened: bytes = cipher.decrypt(
                sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], place.encode()
            )
        except Exception as error:  # InvalidTag, whose module is loaded only where keys are
            raise Unreadable(f"{place} is not what the key {found[1]} encrypted there") from error
        return opened.decode()


NOBODYS = Keyring((), {})
"""What reads where no key is set: plain values only."""


def new_key() -> str:
    """A line for a key file."""
    return base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode("ascii")


def keyring(lines: Sequence[str]) -> Keyring:
    """The keys in the lines of a key file; raises NoKeys."""
    # loaded where there is a key only: a tenth of a second of the start
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    keys = [_key(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not keys:
        raise NoKeys("it holds no key")
    ids = tuple(hashlib.sha256(b"letloose key " + key).hexdigest()[:8] for key in keys)
    return Keyring(ids, dict(zip(ids, map(AESGCM, keys), strict=True)))


def _key(number: int, line: str) -> bytes:
    try:
        key = base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_LENGTH:
        raise NoKeys(f"its line {number} is not base64 of {KEY_LENGTH} bytes")
    return key


_KEYS: WeakKeyDictionary[sa.Dialect, Keyring] = WeakKeyDictionary()


def give(engine: sa.Engine, keys: Keyring | None) -> sa.Engine:
    """Let everything that the engine writes be encrypted; done before its first statement."""
    if keys is not None:
        _KEYS[engine.dialect] = keys
    return engine


def keys_of(dialect: sa.Dialect) -> Keyring | None:
    """What the dialect's engine was given."""
    return _KEYS.get(dialect)


class Sealed(TypeDecorator[T]):
    """A column of words; encrypted wherever the engine was given keys.

    place: "table.column", which a value is bound to; the table sets it.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def to_text(self, value: T) -> str:
        """The value as it would be stored in the clear."""
        raise NotImplementedError

    def from_text(self, text: str) -> T:
        """The value of what `to_text` gave."""
        raise NotImplementedError

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[T | None], str | None]:
        keys, place, to_text = keys_of(dialect), self.place, self.to_text
        if keys is None:
            return lambda value: None if value is None else to_text(value)
        return lambda value: None if value is None else keys.seal(to_text(value), place)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], T | None]:
        opened, place, from_text = (keys_of(dialect) or NOBODYS).open, self.place, self.from_text
        return lambda stored: None if stored is None else from_text(opened(stored, place))
