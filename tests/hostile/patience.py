"""How long an answer may take: in seconds of computing, so that a busy machine raises no false alarm."""

import signal
import time
from types import FrameType, TracebackType

MOST_COMPUTING = 5.0
"""Seconds of all processors together, which is at least as long as a user of an idle machine waits."""

LONGEST_WAIT = 60
"""Seconds by the clock, for what computes nothing and hangs."""


class Patience:
    """Ends what hangs, and refuses what computes for too long."""

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, LONGEST_WAIT, 1)  # again, for who waits when he is told to end
        self._started = time.process_time()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        computed = time.process_time() - self._started
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)
        if computed > MOST_COMPUTING:
            raise TimeoutError(f"it computes for {computed:.1f} s") from error


def _give_up(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"it takes more than {LONGEST_WAIT} s")
