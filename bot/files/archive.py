"""A zip from outside, opened within limits: nothing of it is written anywhere."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from bot.files.unreadable import Unreadable, Why

MOST_ENTRIES = 2_000
"""Loop writes two files a habit; we keep 500 commitments."""
MOST_BYTES = 8 * 2**20
"""Uncompressed, of all entries together."""
MOST_TIMES = 200
"""How much larger an entry may become; long rows of "NO" shrink to a fiftieth."""
_SMALL = 2**16
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How entries are packed by everybody; what else there is takes memory as a stranger wishes."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises over a zip that somebody has bent."""


def unzipped(content: bytes) -> Mapping[str, bytes] | Unreadable:
    """Every file by its name, or why not."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            return _refused(entries) or _read(archive, entries)
    except _BROKEN:
        return Unreadable(Why.DAMAGED)


def _refused(entries: list[zipfile.ZipInfo]) -> Unreadable | None:
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_BYTES:
        return Unreadable(Why.GROWS)
    if any(_is_bomb(each) for each in entries):
        return Unreadable(Why.GROWS)
    if any(each.compress_type not in _PACKED for each in entries):
        return Unreadable(Why.DAMAGED)
    if any(_leads_out(each.filename) for each in entries):
        return Unreadable(Why.LEADS_OUT)
    return None


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > max(_SMALL, entry.compress_size * MOST_TIMES)


def _leads_out(name: str) -> bool:
    """Whether the name is a way out of a folder; we write none, and still take no such file."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """What is read is never more than the size that was checked: zipfile stops there."""
    return {each.filename: archive.read(each) for each in entries}
