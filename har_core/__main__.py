"""``python -m har_core``."""

import gc

# Importing torch makes some hundred thousand objects that all stay. At Python's own threshold a
# good part of the start goes into looking through them, again and again, for something to free.
gc.set_threshold(100_000, 50, 100)

from har_core.cli import main  # noqa: E402 - it is what the line above is for

main()
