"""One file for each interaction; the order is that in which typed text is offered to them."""

from bot.features import check_in, sentences, streaks, zone

FEATURES = (zone, check_in, sentences, streaks)
