"""The key file: base64 of 32 bytes a line; the first encrypts, the others only decrypt."""

import os
from pathlib import Path

from app import logs
from app.settings import PREFIX, Settings, WrongSetting
from habits.storage.files import put
from habits.storage.schema import Unusable
from habits.storage.sealed import Keyring, NoKeys, keyring, new_key


def keys_in(settings: Settings) -> Keyring | None:
    """The keys in LETLOOSE_KEY_FILE, if it is set. Raises WrongSetting."""
    path = settings.key_file
    if path is None:
        return None
    named = f"{PREFIX}KEY_FILE={path}"
    if _is_inside(path, settings.data_dir):
        raise WrongSetting(f"{named} is in the data directory: {_APART}")
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise WrongSetting(f"{named} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongSetting(f"{named} is no key file: it is not plain text") from None
    for line in filter(None, map(str.strip, lines)):
        logs.keep_secret(line)
    try:
        return keyring(lines)
    except NoKeys as error:
        raise WrongSetting(f"{named} is no key file: {error}") from None


_APART = "keep it where no copy of the data takes it along"


def add_key(settings: Settings, path: Path) -> bool:
    """Put a new key first in a file, which is made if it is not there. Raises Unusable."""
    if _is_inside(path, settings.data_dir):
        raise Unusable(f"{path} is in the data directory: {_APART}.")
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    lines.insert(0, new_key())
    try:
        keys = keyring(lines)
    except NoKeys as error:
        raise Unusable(f"{path} is no key file: the new key aside, {error}.") from None
    _write(path.resolve(), "".join(f"{line}\n" for line in lines))
    print(f"{path} has a new key, {keys.first}. Keep a copy of it, apart from the data's.")
    return True


def _is_inside(path: Path, directory: Path) -> bool:
    return path.resolve().is_relative_to(directory.resolve())


def _write(path: Path, text: str) -> None:
    """Readable by its owner alone, and never half of it: there may be keys in it already."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(text)
    put(part, path)
