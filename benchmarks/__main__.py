"""`python -m benchmarks [--quick | --full] [module ...]`: the named benchmarks, or every one."""

import importlib
import sys
from collections.abc import Iterable, Iterator

from benchmarks.report import Row, Scale, print_rows, scale_of

MODULES = (
    "transport",  # B1
    "burst",  # B2, B5
    "jobs",  # B3
    "limits",  # B4
    "lateness",  # B6
    "growth",  # B7
    "receiving",  # B8
    "check_ins",  # B9
    "occurrence",  # B10
    "pictures",  # B11
    "laying_out",  # B12
    "start",  # B13
    "together",  # B14
)


def rows(names: Iterable[str], scale: Scale) -> Iterator[Row]:
    """The rows of each module, as soon as each is measured."""
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        yield from module.rows(scale)


if __name__ == "__main__":
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    print_rows(rows(named or MODULES, scale_of(sys.argv[1:])))
