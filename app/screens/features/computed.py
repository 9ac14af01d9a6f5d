"""What is computed of a run's features, once for all visitors as long as their file stays the same."""

import streamlit as st

from app.runs.chooser import Chosen
from har_core.analysis.embedding import neighbour_map, rows_of_map
from har_core.analysis.neighbours import nearest_neighbours
from har_core.analysis.projection import Components, principal_components
from har_core.data.sequences import FloatArray, IntArray
from har_core.training.kept_arrays import stamp_of


def components_of(about: Chosen) -> Components:
    """Return the principal components of the training features.

    Raises:
        RunError: there are fewer than two training sequences or features.
    """
    components: Components = _components(_stamp(about), about)
    return components


def neighbour_map_of(about: Chosen, features: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the rows of a part's features that t-SNE draws, and their (rows, 2) points.

    Args:
        about: run, weights and part.
        features: (N, width) of the part.

    Raises:
        RunError: as ``neighbour_map``.
    """
    rows = rows_of_map(len(features))
    return rows, _neighbour_map((*_stamp(about), about.part), features[rows])


def nearest_to(about: Chosen, sequence: str) -> list[str]:
    """Return the names of the sequences of all parts with the nearest features, the nearest first."""
    nearest: list[str] = _nearest((*_stamp(about), sequence), about, sequence)
    return nearest


def _stamp(about: Chosen) -> tuple[object, ...]:
    path = about.run.path
    return str(path), about.checkpoint, stamp_of(path, "features.npz", "predictions.npz")


@st.cache_resource(max_entries=20, show_spinner=False)
def _components(stamp: tuple[object, ...], _about: Chosen) -> Components:
    return principal_components(_about.features, _about.predictions.part == "train")


@st.cache_resource(max_entries=20, show_spinner="Looking for neighbours")
def _neighbour_map(stamp: tuple[object, ...], _features: FloatArray) -> FloatArray:
    return neighbour_map(_features)


@st.cache_resource(max_entries=200, show_spinner=False)
def _nearest(stamp: tuple[object, ...], _about: Chosen, _sequence: str) -> list[str]:
    return nearest_neighbours(_about.features, _about.predictions, _sequence)
