"""How fast a run trains, seen from outside: by what it writes."""

import threading
import time
from pathlib import Path


class EpochsWritten:
    """Notes when each epoch of a run was on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.at: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self.path.exists():  # the run waits in line
            if self._over.wait(0.05):
                return
        with self.path.open("rb") as file:
            epoch = 0
            while not self._over.wait(0.005):
                now = 1000 * time.time()
                for _ in file:
                    epoch += 1
                    self.at[epoch] = now

    def pace(self, seconds: float) -> float:
        """Return the epochs a second over so many seconds."""
        first, start = len(self.at), time.perf_counter()
        self._over.wait(seconds)
        return (len(self.at) - first) / (time.perf_counter() - start)

    def lags(self, shown: list[tuple[int, float]]) -> list[float]:
        """Return the milliseconds from each epoch on disk to the first card that shows it or a later one."""
        lags = []
        for (before, _), (epoch, moment) in zip(shown, shown[1:], strict=False):
            lags += [moment - self.at[number] for number in range(before + 1, epoch + 1)]
        return lags
