"""The names of tests, for the tables that say which test shows what."""

import ast
from functools import cache

from tests.process import ROOT


@cache
def names_in(module: str) -> set[str]:
    """The names of a module's tests."""
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and each.name.startswith("test_")
    }
