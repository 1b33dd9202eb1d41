"""What a process of the bot does: everything, or one of the two halves."""

from enum import StrEnum


class Role(StrEnum):
    """receive: takes updates and answers them. dispatch: lays out, sends, keeps the hours."""

    ALL = "all"
    RECEIVE = "receive"
    DISPATCH = "dispatch"

    @property
    def receives(self) -> bool:
        """Whether it takes and answers updates."""
        return self is not Role.DISPATCH

    @property
    def dispatches(self) -> bool:
        """Whether it sends what is due."""
        return self is not Role.RECEIVE
