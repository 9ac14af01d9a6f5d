"""The skeletons of UTD-MHAD: a MATLAB file for each sequence, such as ``a1_s1_t1_skeleton.mat``.

Chen, Jafari and Kehtarnavaz, "UTD-MHAD: a multimodal dataset for human action recognition utilizing a depth
camera and a wearable inertial sensor", ICIP 2015. Its page says of a file that it holds ``d_skel``,
(20, 3, T): joints, x y z, frames. The names of the actions and the order of the joints stand there as well:
personal.utdallas.edu/~kehtar/UTD-MHAD.html.
"""

from __future__ import annotations

import re
from typing import Any

from numpy.typing import NDArray

from har_core.data.reading.matlab_files import read_matlab_array
from har_core.data.reading.reader import Content
from har_core.errors import DataError

UTD_ACTIONS: tuple[str, ...] = (
    "swipe left", "swipe right", "wave", "clap", "throw", "cross arms", "basketball shoot", "draw x",
    "draw circle clockwise", "draw circle counter-clockwise", "draw triangle", "bowling", "boxing",
    "baseball swing", "tennis swing", "arm curl", "tennis serve", "push", "knock on a door",
    "catch an object", "pick up and throw", "jog in place", "walk in place", "sit to stand", "stand to sit",
    "lunge", "squat",
)  # fmt: skip

_NAME = re.compile(r"a(\d{1,3})_s(\d{1,3})_t(\d{1,3})_skeleton( \(\d{1,3}\))?\.mat", re.IGNORECASE)
_VARIABLE = "d_skel"


def read_frames(content: Content, name: str) -> NDArray[Any]:
    """Return (T, J, 3) of one file.

    Raises:
        DataError: the file is damaged, or its array is no (J, 3, T).
    """
    array = read_matlab_array(content, name, _VARIABLE)
    if array.ndim == 2:  # MATLAB drops a last axis of one
        array = array[..., None]
    if array.ndim != 3 or array.shape[1] != 3 or 0 in array.shape:
        raise DataError(
            f"{name} holds {_VARIABLE} with the axes {' x '.join(map(str, array.shape))}, "
            "expected joints x 3 x frames."
        )
    return array.transpose(2, 0, 1)
