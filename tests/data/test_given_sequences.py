"""Sequences of a notebook: taken as they are, or refused in a sentence that names the one that is wrong."""

import re

import numpy as np
import pytest

from har_core.data.given_sequences import as_sequences
from har_core.errors import ArgumentError

GOOD = np.arange(24.0).reshape(4, 2, 3)


@pytest.mark.parametrize("given", [[GOOD, GOOD[:1]], (GOOD, GOOD[:1].tolist()), iter([GOOD, GOOD[:1]])])
def test_a_list_of_arrays_is_taken(given):
    found = as_sequences(given)
    assert len(found) == 2 and found.lengths.tolist() == [4, 1] and found.skeleton.joint_count == 2
    np.testing.assert_array_equal(found[0], GOOD)


def test_an_array_of_equally_long_sequences_is_taken():
    assert as_sequences(np.stack([GOOD, GOOD])).lengths.tolist() == [4, 4]


def test_what_was_loaded_is_taken_as_it_is(small_sequences):
    assert as_sequences(small_sequences) is small_sequences


@pytest.mark.parametrize(
    ("given", "because"),
    [
        (7, "X is int"),
        ("a folder", "X is str"),
        ([], "X holds no sequence"),
        (GOOD, "X[0] has shape (2, 3)"),
        ([GOOD, GOOD[:0]], "X[1] has shape (0, 2, 3)"),
        ([GOOD, GOOD[:, :, :2]], "X[1] has shape (4, 2, 2)"),
        ([GOOD, GOOD[:, :1]], "X[1] has 1 joints and X[0] has 2"),
        ([GOOD, [["a"]]], "X[1] has shape"),
        ([GOOD.astype(str)], "X[0] holds <U32"),
        ([GOOD + 1j], "X[0] holds complex128"),
        ([GOOD.astype(object) * np.nan], "X[0] holds NaN"),
        ([GOOD * 1e300], "X[0] holds NaN, infinity"),
        ([[[["a", None, 1]]]], "X[0] is no array of numbers"),
        ([[[1, 2], [3]]], "X[0] is no array of numbers"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(given, because):
    with pytest.raises(ArgumentError, match=re.escape(because)) as refusal:
        as_sequences(given)
    assert "\n" not in str(refusal.value) and isinstance(refusal.value, ValueError)
