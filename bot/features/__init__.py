"""One file for each interaction; the order is that in which typed text is offered to them."""

from bot.features import check_in, rest, sentences, streaks, week, zone

FEATURES = (zone, rest, check_in, sentences, streaks, week)
