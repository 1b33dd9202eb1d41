"""The house: what is promised and kept, and its storage."""

import zoneinfo

# The time zones come from the tzdata package that the lock names, never from the machine,
# so that every copy of the program agrees on when Saturday 18:30 is. Before any zone is opened.
zoneinfo.reset_tzpath(to=())
