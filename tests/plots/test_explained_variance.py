"""Each component has a bar, and the line holds what they have together."""

import numpy as np

from har_core.plots.explained_variance import explained_variance


def test_bars_are_the_shares_and_the_line_their_sums():
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    bars, line = explained_variance(shares, title="a run").data
    np.testing.assert_allclose(bars.y, [50, 30, 15, 5])
    np.testing.assert_allclose(line.y, [50, 80, 95, 100])
    assert list(bars.x) == list(line.x) == [1, 2, 3, 4]
    assert bars.text is None  # words at the top of a bar lie on the line and on the next bar
