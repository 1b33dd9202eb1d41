"""Comma-separated values, for spreadsheets: one line a check-in, one line a commitment."""

import csv
import io
from collections.abc import Iterable, Sequence

from habits.belongings import Belongings, CheckInKept, CommitmentKept

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula, and a formula may send data away."""

CHECK_INS = ("Date", "Commitment", "Way", "Fulfilled", "Note", "Noted at (UTC)")
COMMITMENTS = ("Commitment", "Ways", "Days", "Time", "Every (weeks)", "Target", "Cue", "State")
_YES_OR_NO = {True: "yes", False: "no", None: ""}


def files(belongings: Belongings) -> dict[str, bytes]:
    """The tables by file name."""
    commitments = [_commitment(each) for each in belongings.commitments]
    check_ins = [
        _check_in(commitment, each)
        for commitment in belongings.commitments
        for each in commitment.check_ins
    ]
    return {
        "check-ins.csv": table([CHECK_INS, *sorted(check_ins, key=lambda row: row[0])]),
        "commitments.csv": table([COMMITMENTS, *commitments]),
    }


def _commitment(commitment: CommitmentKept) -> list[str]:
    schedule = commitment.schedule
    return [
        commitment.title,
        ", ".join(way.title for way in commitment.ways if not way.retired),
        " ".join(
            ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day - 1] for day in schedule.days
        ),
        schedule.model_dump(mode="json")["at"],
        str(schedule.every),
        str(schedule.target),
        commitment.cue or "",
        commitment.state,
    ]


def _check_in(commitment: CommitmentKept, check_in: CheckInKept) -> list[str]:
    return [
        check_in.day.isoformat(),
        commitment.title,
        "" if check_in.way is None else commitment.ways[check_in.way].title,
        _YES_OR_NO[check_in.fulfilled],
        check_in.note or "",
        f"{check_in.made_at:%Y-%m-%d %H:%M:%S}",
    ]


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file in UTF-8; no cell of it is a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
    return written.getvalue().encode()


def defused(cell: str) -> str:
    """The cell with a ' before what a spreadsheet would calculate."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAS) else cell
