"""A wait for what only a script in the page can see."""

from playwright.sync_api import Locator

PATIENCE = 30_000
"""Milliseconds, as long as an expectation is waited for."""

_WATCH = """
element => new Promise(tell => {
    const holds = %s;
    const end = performance.now() + %d;
    const look = () => {
        if (!element.isConnected) tell("replaced");
        else if (holds(element)) tell("holds");
        else if (performance.now() > end) tell("never held");
        else requestAnimationFrame(look);
    };
    look();
})
"""


def wait_until(holds: str, place: Locator) -> None:
    """Wait until a JavaScript function holds of an element; where the page draws it anew, of the new one.

    A handle, as Playwright's wait_for_function takes it, would go on looking at the element that is gone.
    """
    seen = "replaced"
    for _ in range(100):
        if seen == "replaced":
            seen = place.evaluate(_WATCH % (holds, PATIENCE))
    assert seen == "holds", f"{place} {seen}: {holds}"
