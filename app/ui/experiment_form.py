"""The form of an experiment: every setting of a config, with what it means.

What the form says lives in the session under the keys of its widgets, so that a preset, or the settings of
an earlier run, can fill it in, and so that it stays when the page changes.
"""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import PARTS, SPLITS, Split, parse_split
from har_core.models import MODELS
from har_core.settings import make_settings
from har_core.training.config import ExperimentConfig
from har_core.training.presets import PRESETS

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
_OWN = "own"


def fill_in(config: ExperimentConfig) -> None:
    """Let the form say what a config says; to be called before the form is drawn."""
    for key, value in values_of(config).items():
        st.session_state[key] = value


def values_of(config: ExperimentConfig) -> dict[str, Any]:
    """Return what each widget of the form shows for a config, by its key."""
    model, preparation = config.model, config.preparation
    named = config.split.name
    return {
        "form model": model.name,
        "form epochs": config.epochs,
        "form batch": config.batch_size,
        "form seed": config.seed,
        "form rate": config.learning_rate,
        "form device": config.device,
        "form split": named if named in SPLITS or named.startswith("leave-out-") else _OWN,
        "form own split": "/".join(",".join(map(str, config.split.subjects_of(part))) for part in PARTS),
        "form resample": preparation.frames is not None,
        "form frames": preparation.frames or 40,
        **{f"form {name}": getattr(preparation, name) for name in _PREPARED},
        **{f"form {model.name} {name}": value for name, value in model.model_dump(exclude={"name"}).items()},
    }


_PREPARED = ("sequences", "untracked", "centring", "scaling")


def _start_with_the_course() -> None:
    """Give every widget that says nothing yet the course's value."""
    for kind in reversed(MODELS.values()):  # the first model comes last, and is the one that is chosen
        for key, value in values_of(ExperimentConfig(model=kind.options())).items():
            if key == "form model":
                continue
            st.session_state.setdefault(key, value)
    st.session_state.setdefault("form model", next(iter(MODELS)))


def experiment_form(
    source: str, layout: str | None, sequences: SkeletonSequences
) -> tuple[ExperimentConfig, bool]:
    """Draw the form; return what it says, and whether training is to start.

    Args:
        source: the data set to train on.
        layout: of ``X.npy``, where it was chosen.
        sequences: of that data set.

    Raises:
        ConfigError: a setting is out of range, or the split can't be read.
    """
    _start_with_the_course()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Model", list(MODELS), format_func=lambda key: MODELS[key].title, key="form model",
            required=True, persist_state="session", width="stretch", wrap=True,
        )  # fmt: skip
        _presets()
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    epochs = first.number_input(
        "Epochs", 1, 1_000_000, step=100, key="form epochs", persist_state="session",
        help="How often the training part is gone through. The course sets 2,000.",
    )  # fmt: skip
    batch_size = second.number_input(
        "Batch size", 1, 100_000, key="form batch", persist_state="session",
        help="Sequences of one step. The course sets 256.",
    )  # fmt: skip
    seed = third.number_input(
        "Seed", 0, 1_000_000, key="form seed", persist_state="session",
        help="Of weights, order of batches and dropout. The same seed gives the same numbers again.",
    )  # fmt: skip
    started = fourth.button(
        "Start training", type="primary", icon=":material/play_arrow:", width="stretch",
        help="Puts the experiment at the end of the queue.",
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
    config = make_settings(
        ExperimentConfig, "The form", source=source, layout=layout, preparation=preparation, split=split,
        model=options, epochs=int(epochs), batch_size=int(batch_size), learning_rate=rate,
        seed=int(seed), device=device,
    )  # fmt: skip
    _say_what_to_look_for(config)
    return config, started


def _presets() -> None:
    st.menu_button(
        "Presets", list(PRESETS), icon=":material/tune:", key="form preset",
        format_func=lambda name: PRESETS[name].title, on_click=_fill_in_preset,
        help="The course's four models, and settings that are known to go wrong. Fills in the form.",
    )  # fmt: skip


def _fill_in_preset() -> None:
    fill_in(PRESETS[st.session_state["form preset"]].config)


def _say_what_to_look_for(config: ExperimentConfig) -> None:
    """Draw the sentence of the preset that the form shows, until a setting of it is changed."""
    for preset in PRESETS.values():
        free = {name: getattr(config, name) for name in ("source", "layout", "epochs", "seed", "device")}
        if preset.config.model_copy(update=free) == config:
            st.caption(f"**{preset.title}**: {preset.look_for}")


def _model_options(name: str) -> Any:
    kind = MODELS[name].options
    fields = kind.model_fields
    values: dict[str, Any] = {}
    if "hidden" in fields:
        values["hidden"] = st.number_input(
            "Hidden units", 1, 1024, key=f"form {name} hidden", persist_state="session",
            help="Of each layer and direction.",
        )  # fmt: skip
    if "layers" in fields:
        least = 2 if name == "stacked-lstm" else 1
        values["layers"] = st.number_input(
            "Layers", least, 8, key=f"form {name} layers", persist_state="session",
            help="Each reads what the one below gives for every frame.",
        )  # fmt: skip
    if "kernel" in fields:
        values["kernel"] = st.number_input(
            "Kernel", 1, 31, key=f"form {name} kernel", persist_state="session",
            help="Frames that one convolution sees.",
        )  # fmt: skip
    if "match" in fields:
        values["match"] = st.selectbox(
            "As many parameters as", get_args(fields["match"].annotation), key=f"form {name} match",
            persist_state="session", format_func=lambda key: MODELS[key].title,
            help="The width of the convolutions is chosen so that the two have equally many parameters.",
        )  # fmt: skip
    values["dropout"] = st.number_input(
        "Dropout", 0.0, 0.95, step=0.05, key=f"form {name} dropout", persist_state="session",
        help="Share of the values that training sets to zero, against overfitting.",
    )  # fmt: skip
    return make_settings(kind, "Model", **values)


def _optimiser() -> tuple[float, str]:
    rate = st.number_input(
        "Learning rate", 1e-6, 10.0, format="%g", key="form rate", persist_state="session",
        help="Of Adam. 0.001 is the default of Keras and of torch.",
    )  # fmt: skip
    device = st.selectbox(
        "Device", ["auto", "cpu", "cuda", "mps"], key="form device", persist_state="session",
        help="auto takes a CUDA or MPS graphics processor where there is one.",
    )  # fmt: skip
    return float(rate), device


def _choice(label: str, field: str, help: str) -> str:
    options: Sequence[str] = get_args(Preparation.model_fields[field].annotation)
    chosen: str = st.selectbox(
        label, options, key=f"form {field}", persist_state="session",
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
        "Resample to equal length", key="form resample", persist_state="session",
        help="Otherwise sequences keep their frames, and batches are padded.",
    )  # fmt: skip
    values["frames"] = None
    if resample:
        values["frames"] = int(
            st.number_input(
                "Frames of each sequence",
                2,
                1000,
                key="form frames",
                persist_state="session",
                help="Between two recorded frames the positions are interpolated.",
            )  # fmt: skip
        )
    return make_settings(Preparation, "Preparation", **values)


def _split(sequences: SkeletonSequences) -> Split:
    subjects = sorted({int(number) for number in sequences.subjects})
    names = [*SPLITS, *(f"leave-out-{subject}" for subject in subjects), _OWN]
    if st.session_state["form split"] not in names:
        st.session_state["form split"] = names[0]  # a subject to leave out who is not in this data set
    chosen = st.selectbox(
        "Split by subject", names, key="form split", persist_state="session",
        help="A random split would let a subject be in training and in test.",
    )  # fmt: skip
    if chosen == _OWN:
        chosen = st.text_input(
            "Training / validation / test subjects", key="form own split", persist_state="session",
            help="Three lists of subjects, such as 1-5/6-7/8-10.",
        )  # fmt: skip
    split = parse_split(chosen, subjects)
    said = [f"{part} {', '.join(map(str, split.subjects_of(part)))}" for part in PARTS]
    st.caption("Subjects: " + "; ".join(said))
    return split
