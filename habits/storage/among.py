"""Rows by many ids, in one parameter: the same statement however many there are.

A parameter for each id would have to be written into the statement each time, and each number
of them would be another statement to prepare.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Numbers(TypeDecorator[Sequence[int]]):
    """Whole numbers as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        numbers: TypeEngine[Any] = ARRAY(sa.BigInteger)
        return dialect.type_descriptor(numbers if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: sa.Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class among(FunctionElement[Any]):  # noqa: N801 - it is read like a function of SQL
    """Whether a column's value is one of the numbers in the parameter `ids`."""

    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[int]) -> None:
        super().__init__(column, sa.bindparam("ids", type_=Numbers))


@compiles(among, "sqlite")
def _in_json(element: among, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(each, **more) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - compiled parts


@compiles(among, "postgresql")
def _in_array(element: among, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(each, **more) for each in element.clauses)
    return f"{column} = ANY ({ids})"
