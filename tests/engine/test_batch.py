"""A batch says where its sequences lie, and copies no frame without need."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from har_core.engine import Batch


def scattered() -> Batch:
    """Frames 0 to 9, of which sequences are 7 8, 1 2 3 and 5."""
    return Batch(torch.arange(10.0)[:, None], torch.tensor([7, 1, 5]), torch.tensor([2, 3, 1]))


def test_rows_and_padding_are_those_of_the_sequences():
    batch = scattered()
    assert batch.rows().tolist() == [7, 8, 1, 2, 3, 5]
    assert batch.padded()[..., 0].tolist() == [[7, 8, 0], [1, 2, 3], [5, 0, 0]]
    assert len(batch) == 3


def test_taken_sequences_share_the_frames():
    few = scattered().take(torch.tensor([2, 0]))
    assert few.rows().tolist() == [5, 7, 8]
    assert few.frames.data_ptr() != 0 and few.frames.shape == (10, 1)


def test_what_is_compact_stays_and_what_is_not_is_gathered():
    batch = scattered()
    assert not batch.is_compact
    compact = batch.compact()
    assert compact.is_compact and compact.frames[:, 0].tolist() == [7, 8, 1, 2, 3, 5]
    assert compact.compact() is compact
    twice = Batch(torch.zeros(4, 1), torch.tensor([0, 0]), torch.tensor([2, 2]))
    assert not twice.is_compact


@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_the_order_is_the_longest_first_and_leads_back(lengths):
    batch = Batch.of([torch.full((length, 1), float(number)) for number, length in enumerate(lengths)])
    order = batch.order
    assert order.lengths.tolist() == sorted(lengths, reverse=True)
    assert order.frame_count == sum(lengths)
    # what is computed lies in that order; the batch of it finds each sequence again
    lying = np.concatenate([np.full(lengths[row], row) for row in order.sorted_indices])
    computed = batch.with_outputs(torch.from_numpy(lying)[:, None])
    expected = np.repeat(np.arange(len(lengths)), lengths)
    assert computed.frames[computed.rows(), 0].tolist() == expected.tolist()


def test_some_sequences_of_many_are_not_taken_for_all():
    """Four of five, each of two frames: ten frames by four are two, too, and a rest."""
    whole = Batch.of([torch.full((2, 1), float(number)) for number in range(5)])
    some = whole.take(torch.arange(4))
    assert whole.is_even and not some.is_even
    assert some.padded().tolist() == [[[float(number)]] * 2 for number in range(4)]
