"""The skeletons of UTD-MHAD: a MATLAB file for each sequence, such as ``a1_s1_t1_skeleton.mat``.

Chen, Jafari and Kehtarnavaz, "UTD-MHAD: a multimodal dataset for human action recognition utilizing a depth
camera and a wearable inertial sensor", ICIP 2015. Its page says of a file that it holds ``d_skel``,
(20, 3, T): joints, x y z, frames. The names of the actions and the order of the joints stand there as well:
personal.utdallas.edu/~kehtar/UTD-MHAD.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.file_names import check_different
from har_core.data.reading.matlab_files import read_matlab_array
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.data.reading.sequence_files import SequenceFiles
from har_core.errors import DataError
from har_core.skeleton import UTD_20
from har_core.wording import counted

UTD_ACTIONS: tuple[str, ...] = (
    "swipe left", "swipe right", "wave", "clap", "throw", "cross arms", "basketball shoot", "draw x",
    "draw circle clockwise", "draw circle counter-clockwise", "draw triangle", "bowling", "boxing",
    "baseball swing", "tennis swing", "arm curl", "tennis serve", "push", "knock on a door",
    "catch an object", "pick up and throw", "jog in place", "walk in place", "sit to stand", "stand to sit",
    "lunge", "squat",
)  # fmt: skip

_NAME = r"a(\d{1,3})_s(\d{1,3})_t(\d{1,3})_skeleton( \(\d{1,3}\))?\.mat"
_VARIABLE = "d_skel"
_RATE = 30  # frames a second, "approximately", as its page says of the Kinect
_LIKE_UTD = (
    "The files are called as those of UTD-MHAD: the actions have its names, and it has 30 frames a second."
)


class UtdFiles(SequenceFiles):
    """A MATLAB file for each sequence; its name tells the action, the subject and the take."""

    title = "files of UTD-MHAD"
    expected = "UTD-MHAD's a1_s1_t1_skeleton.mat"

    def __init__(self) -> None:
        super().__init__(_NAME)

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all sequences.

        Raises:
            DataError: a file is damaged, or of another number of joints than the first, or two are one take.
        """
        keys = {name: tuple(map(int, re.findall(r"\d+", name)[:3])) for name in files}
        names = sorted(files, key=lambda name: (keys[name], name))
        ids = ["a{}_s{}_t{}".format(*keys[name]) for name in names]
        check_different(ids, names)
        if wrong := next((name for name in names if 0 in keys[name]), None):
            raise DataError(f"{wrong} is misnamed, expected aA_sS_tT_skeleton.mat with numbers from 1.")
        frames = [read_frames(files[name], name) for name in names]
        joints = frames[0].shape[1]
        for name, each in zip(names, frames, strict=True):
            if each.shape[1] != joints:
                raise DataError(
                    f"{name} has {each.shape[1]} joints and {names[0]} has {joints}: "
                    "expected one skeleton in all files."
                )
        actions = np.array([keys[name][0] for name in names])
        known = int(actions.max()) <= len(UTD_ACTIONS)
        return RawSequences(
            frames=frames,
            actions=actions,
            subjects=np.array([keys[name][1] for name in names]),
            ids=ids,
            layout=f"{counted(len(names), 'MATLAB file')}, one a sequence, with {_VARIABLE} ({joints}, 3, T)",
            files={
                "Their names, the actions and subjects": "a1_s2_t3 is action 1 by subject 2, the third time",
            },
            skeleton=UTD_20 if joints == UTD_20.joint_count else None,
            rate=_RATE if known else None,
            notes=(_LIKE_UTD,) * known,
            action_names=dict(enumerate(UTD_ACTIONS, start=1)) if known else None,
        )


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
