"""The system clock of a process, moved under it by libfaketime."""

from pathlib import Path

LIBRARY = next(
    iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), Path("/no/libfaketime")
)


class WallClock:
    """The program's system clock, moved through a file that libfaketime reads at every look."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.move(0)

    def move(self, seconds: float) -> None:
        """Let it be so many seconds off from now on."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+.3f}\n")
        fresh.replace(self._file)

    def settings(self, *, monotonic_too: bool = False) -> dict[str, str]:
        """The environment that puts the program under it."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # with it a thread's wait for another's lock spins
            "FAKETIME_DONT_FAKE_MONOTONIC": "0" if monotonic_too else "1",
        }
