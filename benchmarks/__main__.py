"""`python -m benchmarks [module ...]`: run the named benchmarks, or every one in this folder."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator

import benchmarks
from benchmarks.report import Row, print_rows


def rows(names: list[str]) -> Iterator[Row]:
    """The rows of each module that has any, in the order of the alphabet unless named."""
    for name in names or sorted(one.name for one in pkgutil.iter_modules(benchmarks.__path__)):
        if name != "__main__":
            module = importlib.import_module(f"benchmarks.{name}")
            yield from getattr(module, "rows", list)()


if __name__ == "__main__":
    print_rows(rows(sys.argv[1:]))
