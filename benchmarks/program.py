"""`letloose run` in a process of its own, with a probe on its loop."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import TOKEN

ROOT = Path(__file__).parent.parent


@dataclass
class Running:
    """The running process; `stalls` can be read once it has ended."""

    data_dir: Path
    process: "subprocess.Popen[str]"

    @property
    def memory(self) -> float:
        """Megabytes of memory that the process holds (RSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def stop(self) -> None:
        """SIGTERM, as an operator would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stalls(self) -> list[tuple[float, float]]:
        """When the loop stood still, in seconds since 1970, and for how many seconds."""
        found = json.loads((self.data_dir / "stalls.json").read_text(encoding="ascii"))
        return [(at, length) for at, length in found]


@contextmanager
def running(address: str, data_dir: Path, **settings: str) -> Iterator[Running]:
    """The program, ready when the block begins; settings are its LETLOOSE_ variables."""
    program = start(address, data_dir, **settings)
    assert program.process.stdout is not None
    try:
        line = program.process.stdout.readline()
        assert "running" in line, (data_dir / "log").read_text(encoding="utf-8")[-3000:]
        yield program
    finally:
        program.stop()


def start(address: str, data_dir: Path, **settings: str) -> Running:
    """Start the program and do not wait for it."""
    inherited = {name: it for name, it in os.environ.items() if not name.startswith("LETLOOSE_")}
    with (data_dir / "log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.probed", str(data_dir / "stalls.json"), "run"],
            cwd=ROOT,
            env=inherited
            | {
                "LETLOOSE_TOKEN": TOKEN,
                "LETLOOSE_API_URL": address,
                "LETLOOSE_DATA_DIR": str(data_dir),
            }
            | {f"LETLOOSE_{name.upper()}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    return Running(data_dir, process)


def database_in(data_dir: Path) -> Path:
    """Where the program keeps its database."""
    return data_dir / "letloose.sqlite3"


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="letloose-benchmark-") as folder:
        yield Path(folder)
