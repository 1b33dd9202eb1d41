"""The one file that /export sends."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from bot.files import own_json
from habits.belongings import Belongings

NAME = "habits-export.zip"
"""Fixed: a name made of what somebody typed could be one that harms."""
ACCOUNT = "account.json"


def bundle(belongings: Belongings, account: Mapping[str, Any]) -> bytes:
    """Everything about a person as one zip."""
    return zipped(
        {
            own_json.NAME: own_json.written(belongings),
            ACCOUNT: own_json.as_json(account),
        }
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; nothing of the machine or the moment is in it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
