"""The one Lab of the server: its runs and the thread that trains them."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from app.shell.admitted_sources import admit
from har_core.data.named_splits import course_split
from har_core.data.preparation import Preparation, prepare
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import LoadedSource, load_source, source_stamp
from har_core.home import home
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore

DEFAULT_PREPARATION = Preparation()

_FIRST_PAGE_SECONDS = 3.0
"""In which the first page goes before the queue, which slows it down."""


@dataclass(frozen=True)
class Lab:
    """What all visitors share."""

    store: RunStore
    queue: TrainingQueue


@st.cache_resource(show_spinner=False, on_release=lambda lab: lab.queue.close())
def _make_lab(folder: str) -> Lab:
    store = RunStore()
    queue = TrainingQueue(store, after=_FIRST_PAGE_SECONDS)
    queue.start()
    return Lab(store, queue)


def get_lab() -> Lab:
    """Return the runs and the queue of the home folder."""
    lab: Lab = _make_lab(str(home()))
    return lab


@st.cache_resource(max_entries=6, show_spinner="Reading the data set")
def _load(source: str, reading: ReadingChoices, stamp: str) -> LoadedSource:
    return load_source(source, reading)


def get_source(source: str, reading: ReadingChoices = NOTHING_CHOSEN) -> LoadedSource:
    """Return a data set, read once for all visitors as long as its files stay the same.

    Raises:
        DataError: as ``load_source``; or a visitor may not open it.
    """
    admit(source)
    loaded: LoadedSource = _load(source, reading, source_stamp(source))
    return loaded


@st.cache_resource(max_entries=6, show_spinner="Preparing the sequences")
def _prepare(source: str, reading: ReadingChoices, stamp: str, preparation: Preparation) -> SkeletonSequences:
    sequences = _load(source, reading, stamp).sequences
    course = course_split(sequences)
    everything = np.arange(len(sequences))  # of too few subjects to split, enough to look at
    training = course.rows(sequences)["train"] if course else everything
    return prepare(sequences, preparation, training).sequences


def get_prepared(
    source: str, reading: ReadingChoices = NOTHING_CHOSEN, preparation: Preparation = DEFAULT_PREPARATION
) -> SkeletonSequences:
    """Return a data set as a preparation makes it, fitted on the training part of the course's split.

    Raises:
        DataError: as ``load_source`` and ``prepare``; or a visitor may not open it.
    """
    admit(source)
    prepared: SkeletonSequences = _prepare(source, reading, source_stamp(source), preparation)
    return prepared
