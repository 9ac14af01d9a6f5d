"""A wait for what only a script in the page can see."""

from playwright.sync_api import Locator

PATIENCE = 30_000
"""Milliseconds: a busy machine takes a while to answer; what is right is seen as soon as it is there."""

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
    for _ in range(100):
        seen = place.evaluate(_WATCH % (holds, PATIENCE))
        if seen != "replaced":
            break
    assert seen == "holds", f"{place} {seen}: {holds}"
