"""A disk with little room on it, which can be filled."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from app.health import DISK_LEFT

ROOM = DISK_LEFT + 16 * 2**20
"""Bytes, so that /healthz is green until it is filled."""


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A file system of its own in a folder while the block lasts; whether one may be made."""
    mounted = _mount(place)
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(place: Path) -> bool:
    options = f"size={ROOM},mode=700"
    command = ["mount", "-t", "tmpfs", "-o", options, "letloose", str(place)]
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True).returncode == 0
    return False


@contextlib.contextmanager
def filled(place: Path) -> Iterator[None]:
    """No room left on a small disk while the block lasts."""
    filling = place / "filling"
    with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65_536)
    try:
        yield
    finally:
        filling.unlink()
