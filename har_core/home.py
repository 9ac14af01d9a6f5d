"""Where the user's data sets and runs lie on disk."""

import os
from pathlib import Path


def home() -> Path:
    """Return the folder that holds data sets and runs.

    It is the environment variable ``HAR_HOME`` where set, else ``data/`` of the repository.
    """
    named = os.environ.get("HAR_HOME")
    return Path(named).expanduser().resolve() if named else Path(__file__).resolve().parents[1] / "data"
