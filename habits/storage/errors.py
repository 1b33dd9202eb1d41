"""What the database says of a statement that failed, without what people wrote.

PostgreSQL quotes it: "Failing row contains (…)" and the value that it could not read. SQLite names
tables and columns, never a value. What is said here ends in the log.
"""

import sqlalchemy as sa

DATA = "22"
"""The class of PostgreSQL's errors whose first line quotes a value."""


def quote_nothing(engine: sa.Engine) -> sa.Engine:
    """Cut the words of every error of this engine down to what the statement alone would tell."""

    @sa.event.listens_for(engine, "handle_error")
    def cut(context: sa.ExceptionContext) -> None:
        error, ours = context.original_exception, context.sqlalchemy_exception
        state = getattr(error, "sqlstate", None)
        if state is None:
            return  # the driver's own, about a connection
        kind = type(error).__name__
        first, *_ = str(error).splitlines() or [""]
        words = f"{kind} ({state})" if state.startswith(DATA) else first
        error.args = (words,)
        if ours is not None:
            ours.args = (f"({kind}) {words}",)

    return engine
