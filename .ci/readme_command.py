"""Print the command of a README section, so that CI runs what the README promises, word for word."""

import re
import sys
from pathlib import Path


def readme_command(section: str) -> str:
    """Return the first shell block below a heading of the README."""
    text = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(section)}\n.*?```sh\n(.*?)\n```", text, re.DOTALL | re.MULTILINE)
    if not found:
        raise SystemExit(f"README.md has no shell block below the heading {section!r}.")
    return found[1]


if __name__ == "__main__":
    sys.stdout.write(readme_command(sys.argv[1]))
