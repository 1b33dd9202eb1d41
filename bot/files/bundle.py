"""The one file that /export sends."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from bot.files import calendar_file, loop_csv, own_json, spreadsheet
from habits.taking_out import Everything

ACCOUNT = "account.json"


def bundle(everything: Everything, now: datetime) -> bytes:
    """Everything about a person as one zip; to Loop and its heirs it is an export of Loop's."""
    belongings = everything.belongings
    return zipped(
        {
            own_json.NAME: own_json.written(belongings),
            ACCOUNT: own_json.as_json(everything.account),
            calendar_file.NAME: calendar_file.calendar(everything.coming, now),
            **spreadsheet.files(belongings),
            **loop_csv.files(belongings, everything.today),
        }
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; nothing of the machine or the moment is in it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
