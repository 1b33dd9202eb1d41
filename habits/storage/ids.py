"""The ids of what people make."""

import secrets
import threading

NEAR = 49
"""Random bits in which ids made together differ; two of a million still never meet."""
TOGETHER = 500
"""Ids in a row that share the bits before."""


class _Beginning(threading.local):
    bits = 0
    left = 0


_beginning = _Beginning()


def new_id() -> int:
    """An id that nobody can guess or count: 63 random bits.

    The first of them stay for a while, so that rows made together lie together: with all of them
    random, each row of a week that is laid out lies on a page of its own, of the table and of
    every index, and five times as much is written.
    """
    if _beginning.left == 0:
        _beginning.bits, _beginning.left = secrets.randbits(63 - NEAR) << NEAR, TOGETHER
    _beginning.left -= 1
    return _beginning.bits | secrets.randbits(NEAR)
