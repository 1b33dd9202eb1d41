"""Files that are there whole or not at all, whenever the power goes."""

import os
from pathlib import Path


def put(part: Path, target: Path) -> None:
    """Move a whole file to its name, so that under this name there is never half a one."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    sync_folder(target)


def sync_folder(path: Path) -> None:
    """Have it on disk that a file of this name is there, or is gone."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
