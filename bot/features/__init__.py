"""One file for each interaction; the order is that in which typed text is offered to them."""

from bot.features import (
    check_in,
    help,
    membership,
    new,
    past_weeks,
    privacy,
    rest,
    sentences,
    settings,
    start,
    streaks,
    week,
    zone,
)

FEATURES = (
    start,
    new,
    zone,
    rest,
    check_in,
    sentences,
    streaks,
    week,
    past_weeks,
    settings,
    privacy,
    help,
    membership,
)
