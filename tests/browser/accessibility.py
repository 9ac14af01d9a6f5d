"""What axe-core finds serious on a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious_faults(page: Page, context: Any) -> list[tuple[str, list[str]]]:
    """Return the rule of each serious or critical fault, and the first elements that break it.

    Args:
        page: the browser's.
        context: what axe-core looks at: a CSS selector, or what is included and excluded.
    """
    found = Axe().run(page, context=context).response["violations"]
    bad = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in bad]
