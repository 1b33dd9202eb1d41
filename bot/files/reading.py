"""Which kind of file somebody sent, and what of theirs is in it.

Reading touches nothing but the bytes at hand: it may be done in a thread, and again.
"""

from datetime import datetime

from bot.files import archive, beaverhabits, loop_database, loop_import, own_json
from bot.files.json_file import parsed
from bot.files.unreadable import Unreadable, Why
from habits.belongings import FORMAT, Belongings

LARGEST = 2**20
"""Bytes of a file that is taken in; years of check-ins take less, zipped."""
ZIP, SQLITE = b"PK", b"SQLite format 3\x00"


def read(content: bytes, now: datetime) -> Belongings | Unreadable:
    """What is in the file. now: when commitments begin that the file does not date."""
    if len(content) > LARGEST:
        return Unreadable(Why.TOO_LARGE)
    if content.startswith(ZIP):
        return _read_zip(content, now)
    if content.startswith(SQLITE):
        return loop_database.read(content, now)
    return _read_json(content, now)


def _read_zip(content: bytes, now: datetime) -> Belongings | Unreadable:
    files = archive.unzipped(content)
    match files:
        case Unreadable():
            return files
        case {own_json.NAME: own}:
            return _read_json(own, now)
        case {loop_import.HABITS: _}:
            return loop_import.read(files, now)
        case _:
            return Unreadable(Why.UNKNOWN)


def _read_json(content: bytes, now: datetime) -> Belongings | Unreadable:
    found = parsed(content)
    match found:
        case Unreadable():
            return found
        case {"format": str(name)} if name == FORMAT:
            return own_json.read(found)
        case {"habits": list()}:
            return beaverhabits.read(found, now)
        case _:
            return Unreadable(Why.UNKNOWN)
