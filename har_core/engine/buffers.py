"""Arrays that a layer takes and gives back."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


class Buffers:
    """Arrays that one layer takes and gives back.

    The system takes large arrays back as soon as they are freed, and clears the next one page by page as it
    is first written, which takes as long as the computation itself.
    """

    def __init__(self) -> None:
        self._free: list[Matrix] = []

    def acquire(self, *shape: int) -> Matrix:
        """Return an array of this shape; what is in it is left over from before."""
        size = int(np.prod(shape))
        for index, array in enumerate(self._free):
            if array.size >= size:
                return self._free.pop(index)[:size].reshape(shape)
        return np.empty(size, np.float32)[:size].reshape(shape)

    def release(self, *arrays: Matrix) -> None:
        """Give arrays back that nobody reads any more."""
        self._free += [array.base for array in arrays if array.base is not None]
        self._free.sort(key=len)
