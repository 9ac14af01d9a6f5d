"""The form of an experiment: every setting of a config, with what it means."""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import PARTS, SPLITS, Split, parse_split
from har_core.models import MODELS
from har_core.settings import make_settings
from har_core.training.config import ExperimentConfig

_WORDS = {
    "published": "the literature's list (557 of MSR Action3D)",
    "all": "all sequences",
    "drop": "drop them",
    "interpolate": "interpolate over them",
    "keep": "keep the zeros",
    "first-frame": "hips of the first frame",
    "each-frame": "hips of each frame",
    "training-set": "one scale, from the training subjects",
    "sequence": "one scale a sequence",
    "sequence-axis": "each axis of a sequence by itself",
    "none": "none",
}


def experiment_form(source: str, layout: str | None, sequences: SkeletonSequences) -> ExperimentConfig:
    """Draw the form and return what it says.

    Args:
        source: the data set to train on.
        layout: of ``X.npy``, where it was chosen.
        sequences: of that data set.

    Raises:
        ConfigError: a setting is out of range, or the split can't be read.
    """
    name = st.segmented_control(
        "Model", list(MODELS), default="lstm", format_func=lambda key: MODELS[key].title,
        key="form model", required=True,
    )  # fmt: skip
    first, second, third = st.columns(3)
    epochs = first.number_input(
        "Epochs", 1, 1_000_000, 2000, step=100, key="form epochs",
        help="How often the training part is gone through. The course sets 2,000.",
    )  # fmt: skip
    batch_size = second.number_input(
        "Batch size", 1, 100_000, 256, key="form batch", help="Sequences of one step. The course sets 256."
    )
    seed = third.number_input(
        "Seed", 0, 1_000_000, 0, key="form seed",
        help="Of weights, order of batches and dropout. The same seed gives the same numbers again.",
    )  # fmt: skip
    with st.expander("All settings"):
        of_model, of_data, of_split = st.columns(3, gap="medium")
        with of_model:
            st.markdown("**Model**")
            options = _model_options(name)
        with of_data:
            st.markdown("**Preparation**")
            preparation = _preparation()
        with of_split:
            st.markdown("**Split and optimiser**")
            split = _split(sequences)
            rate, device = _optimiser()
    return make_settings(
        ExperimentConfig, "The form", source=source, layout=layout, preparation=preparation, split=split,
        model=options, epochs=int(epochs), batch_size=int(batch_size), learning_rate=rate,
        seed=int(seed), device=device,
    )  # fmt: skip


def _model_options(name: str) -> Any:
    kind = MODELS[name].options
    fields = kind.model_fields
    values: dict[str, Any] = {}
    if "hidden" in fields:
        values["hidden"] = st.number_input(
            "Hidden units", 1, 1024, 24, key=f"form {name} hidden", help="Of each layer and direction."
        )
    if "layers" in fields:
        least = 2 if name == "stacked-lstm" else 1
        values["layers"] = st.number_input(
            "Layers", least, 8, fields["layers"].default, key=f"form {name} layers"
        )
    if "kernel" in fields:
        values["kernel"] = st.number_input(
            "Kernel", 1, 31, fields["kernel"].default, key=f"form {name} kernel",
            help="Frames that one convolution sees.",
        )  # fmt: skip
    if "match" in fields:
        values["match"] = st.selectbox(
            "As many parameters as", get_args(fields["match"].annotation), key=f"form {name} match",
            format_func=lambda key: MODELS[key].title,
            help="The width of the convolutions is chosen so that the two have equally many parameters.",
        )  # fmt: skip
    values["dropout"] = st.number_input(
        "Dropout", 0.0, 0.95, 0.5, step=0.05, key=f"form {name} dropout",
        help="Share of the values that training sets to zero, against overfitting.",
    )  # fmt: skip
    return make_settings(kind, "Model", **values)


def _optimiser() -> tuple[float, str]:
    rate = st.number_input(
        "Learning rate", 1e-6, 1.0, 1e-3, format="%g", key="form rate",
        help="Of Adam. 0.001 is the default of Keras and of torch.",
    )  # fmt: skip
    device = st.selectbox(
        "Device", ["auto", "cpu", "cuda", "mps"], key="form device",
        help="auto takes a CUDA or MPS graphics processor where there is one.",
    )  # fmt: skip
    return float(rate), device


def _choice(label: str, field: str, help: str) -> str:
    options: Sequence[str] = get_args(Preparation.model_fields[field].annotation)
    default = Preparation.model_fields[field].default
    chosen: str = st.selectbox(
        label, options, index=options.index(default), key=f"form {field}",
        format_func=lambda option: _WORDS[option], help=help,
    )  # fmt: skip
    return chosen


def _preparation() -> Preparation:
    values: dict[str, Any] = {
        "sequences": _choice("Sequences", "sequences", "The literature leaves out ten of the 567."),
        "untracked": _choice("Untracked frames", "untracked", "Frames in which the tracker lost the body."),
        "centring": _choice("Centre on", "centring", "What is subtracted from all joints."),
        "scaling": _choice("Scale to [-1, 1]", "scaling", "How far the coordinates reach, and of what."),
    }
    resample = st.toggle(
        "Resample to equal length", Preparation().frames is not None, key="form resample",
        help="Otherwise sequences keep their frames, and batches are padded.",
    )  # fmt: skip
    values["frames"] = None
    if resample:
        values["frames"] = int(
            st.number_input("Frames of each sequence", 2, 1000, Preparation().frames or 40, key="form frames")
        )
    return make_settings(Preparation, "Preparation", **values)


def _split(sequences: SkeletonSequences) -> Split:
    subjects = sorted({int(number) for number in sequences.subjects})
    names = [*SPLITS, *(f"leave-out-{subject}" for subject in subjects), "own"]
    chosen = st.selectbox(
        "Split by subject", names, key="form split",
        help="A random split would let a subject be in training and in test.",
    )  # fmt: skip
    if chosen == "own":
        chosen = st.text_input("Training / validation / test subjects", "1-5/6-7/8-10", key="form own split")
    split = parse_split(chosen, subjects)
    said = [f"{part} {', '.join(map(str, split.subjects_of(part)))}" for part in PARTS]
    st.caption("Subjects: " + "; ".join(said))
    return split
