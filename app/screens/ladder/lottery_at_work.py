"""The lottery of splits while it is drawn: in a thread of its own, one for all visitors of a data set."""

import logging
import threading

import streamlit as st

from har_core.analysis.split_lottery import SplitLottery
from har_core.data.sequences import SkeletonSequences
from har_core.errors import HarError

_LOG = logging.getLogger(__name__)


class LotteryAtWork:
    """Draws the lottery of a data set in the background.

    Attributes:
        share: of it that is done, 0 to 1.
        lottery: what came of it; None until then.
        fault: why nothing came of it; "" where nothing went wrong.
    """

    def __init__(self, sequences: SkeletonSequences) -> None:
        self.share, self.fault = 0.0, ""
        self.lottery: SplitLottery | None = None
        self._sequences = sequences
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="lottery", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return self.lottery is not None or bool(self.fault)

    def close(self) -> None:
        """Give up soon."""
        self._closing.set()

    def _draw(self) -> None:
        # Not imported above: torch and scikit-learn come with it.
        from har_core.analysis.split_draws import draw_splits

        try:
            for share in draw_splits(self._sequences, self._take):
                self.share = share
                if self._closing.is_set():
                    return
        except HarError as error:
            self.fault = str(error)
        except Exception as error:
            _LOG.exception("the lottery of splits can't be drawn")
            self.fault = f"{type(error).__name__}: {error}"

    def _take(self, lottery: SplitLottery) -> None:
        self.lottery = lottery


@st.cache_resource(show_spinner=False, on_release=lambda works: [work.close() for work in works.values()])
def _works() -> dict[str, LotteryAtWork]:
    return {}


def lottery_at_work(sequences: SkeletonSequences) -> LotteryAtWork | None:
    """Return the lottery of a data set that was begun; None without."""
    return _works().get(sequences.fingerprint)


def begin_lottery(sequences: SkeletonSequences) -> None:
    """Begin to draw the lottery of a data set, again where nothing came of it."""
    work = lottery_at_work(sequences)
    if work is None or work.fault:
        _works()[sequences.fingerprint] = LotteryAtWork(sequences)
