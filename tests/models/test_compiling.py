"""Kernels are kept on disk where there is a place, and made anew when a file they are made of has changed."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numba import types

from har_core.models.kernels import compiling, vectors

READ = SimpleNamespace(__module__="har_core.models.kernels.layers", __qualname__="read")
CHANGED = Path(vectors.__file__).stat().st_mtime
"""When one of the files was changed, and not that in which ``read`` stands."""


@pytest.mark.parametrize(
    ("name", "made", "stays"),
    [
        ("layers.read-20.py311.nbi", CHANGED - 1, False),
        ("layers.read-20.py311.nbi", CHANGED, False),  # a file system may count in whole seconds
        ("layers.read-20.py311.nbi", CHANGED + 1e6, True),
        ("layers.unread-20.py311.nbi", CHANGED - 1, True),  # of another kernel
        ("layers.read-20.py311.1.nbc", CHANGED - 1, False),
    ],
)
def test_what_is_kept_of_a_kernel_is_forgotten_when_any_of_its_files_is_newer(name, made, stays, tmp_path):
    kept = tmp_path / name
    kept.touch()
    os.utime(kept, (made, made))
    compiling._forget_if_stale(READ, tmp_path)
    assert kept.exists() == stays


def test_a_kernel_is_compiled_where_no_compiled_one_can_be_kept():
    names = {"types": types}
    # What is made so has no file, and numba finds no place to keep it.
    exec("def double(matrix):\n    matrix *= 2\n", names)  # noqa: S102
    matrix = np.ones((2, 2), np.float32)
    compiling.compiled(compiling.MATRIX)(names["double"])(matrix)
    assert (matrix == 2).all()


def test_a_kernel_takes_no_other_types_than_it_was_compiled_for():
    from har_core.models.kernels import steps_of_lstm

    with pytest.raises(TypeError):
        steps_of_lstm.go_through(None, 1, 2, 3, 4, 5, 6)
