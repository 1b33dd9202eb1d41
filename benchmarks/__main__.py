"""Each figure beside a peer's of the same run; see performance bars in the README."""

import argparse
import importlib
from collections.abc import Iterable, Iterator

from benchmarks.report import Row, Scale, into_readme, print_rows

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


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("module", nargs="*", help=f"of {', '.join(MODULES)}; every one without")
    parser.add_argument("--readme", action="store_true", help="put the rows into the README too")
    for each in (Scale.QUICK, Scale.FULL):
        parser.add_argument(
            f"--{each.name.lower()}", action="store_const", dest="scale", const=each
        )
    parser.set_defaults(scale=Scale.NORMAL)
    wish = parser.parse_args()
    if unknown := set(wish.module) - set(MODULES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return wish


if __name__ == "__main__":
    wish = asked()
    lines = print_rows(rows(wish.module or MODULES, wish.scale))
    if wish.readme:
        into_readme(lines)
