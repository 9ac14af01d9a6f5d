"""Memory that is used again, step after step."""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Buffers:
    """Arrays that are taken and given back.

    The system takes large arrays back as soon as they are freed, and clears the next one page by page as it is
    first written, which takes as long as the computation itself.
    """

    def __init__(self) -> None:
        self._free: list[NDArray[np.float32]] = []
        self._lock = threading.Lock()

    def take(self, *shape: int) -> NDArray[np.float32]:
        """Return an array of this shape; what is in it is left over from somebody else."""
        size = int(np.prod(shape))
        with self._lock:
            fitting = [index for index, array in enumerate(self._free) if array.size >= size]
            if fitting:
                best = min(fitting, key=lambda index: self._free[index].size)
                return self._free.pop(best)[:size].reshape(shape)
        return np.empty(size, np.float32).reshape(shape)

    def give(self, *arrays: NDArray[np.float32]) -> None:
        """Give arrays back that nobody reads any more."""
        with self._lock:
            for array in arrays:
                whole: Any = array
                while whole.base is not None:
                    whole = whole.base
                self._free.append(whole)
