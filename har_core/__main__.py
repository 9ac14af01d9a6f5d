"""``python -m har_core``."""

from har_core.cli import main

main()
