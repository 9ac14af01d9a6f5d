"""The form of an experiment: every setting of a config, with what it means.

What the form says lives in the session under the keys of its widgets, so that a preset, or the settings of
an earlier run, can fill it in, and so that it stays when the page changes.
"""

from collections.abc import Container, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.runs.setting_fields import as_shown, draw_setting, says_something, start_button
from app.runs.time_to_train import draw_time
from app.screens.training.layers import draw_layers
from app.screens.training.members_of_form import draw_members_of_form
from app.screens.training.split_field import draw_split, values_of_split
from app.shell.wording import escape_markdown
from har_core.data.inputs import View, say_missing_limbs
from har_core.data.named_splits import parse_split
from har_core.data.preparation import Preparation
from har_core.data.reading.choices import ReadingChoices
from har_core.data.sequences import SkeletonSequences
from har_core.errors import ConfigError
from har_core.fields import is_advanced
from har_core.models import MODELS
from har_core.settings import Settings, make_settings
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.presets import PRESETS, different_presets
from har_core.training.run import Run
from har_core.training.seed_list import SEEDS_HELP, parse_seeds, with_seeds

_SEEDS = "form seed"
_FIELD_WIDTH = 142  # pixels: two beside each other on a phone


def fill_in(config: ExperimentConfig) -> None:
    """Let the form say what a config says; to be called before the form is drawn."""
    for key, value in values_of(config).items():
        st.session_state[key] = value


def values_of(config: ExperimentConfig) -> dict[str, Any]:
    """Return what the session holds for the form to show a config, by its key."""
    model = config.model
    return {
        "form model": model.name,
        **_values_of_group(config, "form"),
        **_values_of_group(config.training or GradientTraining(), "form"),
        **_values_of_group(config.preparation, "form"),
        **_values_of_group(model, f"form {model.name}"),
        **values_of_split(config.split),
    }


def _values_of_group(settings: Settings, prefix: str) -> dict[str, Any]:
    kind = type(settings)
    return {f"{prefix} {name}": as_shown(kind, name, getattr(settings, name)) for name in _fields_of(kind)}


def _fields_of(kind: type[Settings]) -> list[str]:
    """Return the settings that can be chosen: those with a title."""
    return [name for name, field in kind.model_fields.items() if field.title]


def experiment_form(
    source: str, reading: ReadingChoices, sequences: SkeletonSequences, runs: Sequence[Run]
) -> tuple[list[ExperimentConfig], bool]:
    """Draw the form; return a config for each seed, none where it can't be trained, and whether to start.

    Args:
        source: the data set to train on.
        reading: what the visitor has said of its files.
        sequences: of that data set.
        runs: that tell how long others will take.
    """
    values: dict[str, Any] = {}
    how: dict[str, Any] = {}  # it is trained
    faults: list[str] = []
    st.session_state.setdefault("form model", ExperimentConfig().model.name)
    model = st.segmented_control(
        "Model", _models(), format_func=lambda key: MODELS[key].title, key="form model",
        required=True, persist_state="session", wrap=True, label_visibility="collapsed",
    )  # fmt: skip
    line = st.container(horizontal=True, vertical_alignment="bottom")
    with line.container(width="content"):
        _presets()
    has_epochs, seeds = MODELS[model].has_epochs, (ExperimentConfig().seed,)
    if has_epochs:
        with line.container(width=_FIELD_WIDTH):
            how["epochs"], fault = draw_setting(GradientTraining, "epochs", "form epochs")
        faults += [fault] if fault else []  # told below the whole line
    if MODELS[model].seeded:
        with line.container(width=_FIELD_WIDTH):
            seeds, fault = _draw_seeds()
        faults += [fault] if fault else []
    beside = line.container(width="content")
    time = line.container(width="stretch", gap="xxsmall", key="about the experiment")
    below = st.container()
    # Not a popover: its fields would not hear of a preset while it is closed.
    with st.expander("All settings"):
        *of_model_and_data, of_split = st.columns(2 if MODELS[model].is_ensemble else 3, gap="medium")
        if MODELS[model].is_ensemble:
            options = {}
            with of_model_and_data[0]:
                values["members"], fault = draw_members_of_form()
                _tell(fault, faults)
        else:
            options = _draw_model_and_data(model, *of_model_and_data, values, faults, sequences)
        with of_split:
            st.markdown("**Split and training**" if has_epochs else "**Split**")
            split, fault = draw_split(sequences)
            _tell(fault, faults)
            if has_epochs:
                how |= _draw_group(GradientTraining, "form", faults, but=how)
            values["device"], fault = draw_setting(ExperimentConfig, "device", "form device")
            _tell(fault, faults)
    several = len(seeds) > 1
    started = start_button(
        f"Start {len(seeds)} runs" if several else "Start training", beside, below, faults,
        icon=":material/play_arrow:", help="Puts the runs at the end of the queue." if several
        else "Puts the experiment at the end of the queue.",
    )  # fmt: skip
    if faults or split is None:
        return [], False
    config = make_settings(
        ExperimentConfig, "The form", source=source, reading=reading, split=split,
        model=MODELS[model].options(**options),
        training=GradientTraining(**how) if has_epochs else None, **values,
    )  # fmt: skip
    experiments = with_seeds(config, seeds)
    with time:
        draw_time(experiments, sequences, runs)
        _say_what_to_look_for(config, sequences)
    return experiments, started


def _draw_model_and_data(
    model: str, of_model: DeltaGenerator, of_data: DeltaGenerator, values: dict[str, Any], faults: list[str],
    sequences: SkeletonSequences,
) -> dict[str, Any]:  # fmt: skip
    """Draw what a model is and what it is given; return its options, and put the rest to the values."""
    with of_model:
        st.markdown("**Model**")
        faults_before = len(faults)
        options = _draw_group(MODELS[model].options, f"form {model}", faults)
        is_whole = len(faults) == faults_before
    with of_data:
        st.markdown("**Preparation and inputs**")
        values["preparation"] = _draw_group(Preparation, "form", faults)
        values["inputs"], fault = draw_setting(ExperimentConfig, "inputs", "form inputs")
        _tell(fault, faults)
        for name in ("axes", "joints"):
            values[name], _ = draw_setting(ExperimentConfig, name, f"form {name}")
        view = View(values["axes"], values["joints"])
        if missing := say_missing_limbs(view, sequences.skeleton):
            st.caption(f":orange[:material/info:] {missing}")
    with of_model:
        if MODELS[model].network and is_whole and not fault:
            draw_layers(MODELS[model].options(**options), values["inputs"], view, sequences)
    return options


def _models() -> list[str]:
    """Return the models to choose from: an ensemble only where a preset or a run has filled it in."""
    chosen = st.session_state["form model"]
    return [name for name, kind in MODELS.items() if not kind.is_ensemble or name == chosen]


def _draw_seeds() -> tuple[tuple[int, ...], str]:
    """Draw the field of the seeds; return them, and in a sentence what is wrong with what it says."""
    default = ExperimentConfig().seed
    st.session_state.setdefault(_SEEDS, str(default))
    text = st.text_input("Seeds", key=_SEEDS, help=SEEDS_HELP, persist_state="session")
    try:
        return parse_seeds(text), ""
    except ConfigError as error:
        return (default,), str(error)


def _draw_group(
    kind: type[Settings], prefix: str, faults: list[str], but: Container[str] = ()
) -> dict[str, Any]:
    """Draw settings below each other, each with its fault, and return what they say.

    Those that the course has no need of are folded away, but where one of them says something.
    """
    names = [name for name in _fields_of(kind) if name not in but]
    folded = [name for name in names if is_advanced(kind.model_fields[name])]
    values = {}
    for name in names:
        if name not in folded:
            values[name], fault = draw_setting(kind, name, f"{prefix} {name}")
            _tell(fault, faults)
    if folded:
        says = any(says_something(kind, name, f"{prefix} {name}") for name in folded)
        with st.expander("More", expanded=says):
            for name in folded:
                values[name], fault = draw_setting(kind, name, f"{prefix} {name}")
                _tell(fault, faults)
    return values


def _tell(fault: str, faults: list[str]) -> None:
    """Say beneath a field what is wrong with it, where something is."""
    if fault:
        st.caption(f":red[{escape_markdown(fault)}]")
        faults.append(fault)


def _presets() -> None:
    st.menu_button(
        "Presets", different_presets(), icon=":material/tune:", key="form preset",
        format_func=lambda name: PRESETS[name].title, on_click=_fill_in_preset,
        help="The course's four models, two without a network, settings that are known to go wrong, and the "
        "ladder up to the state of the art. Fills in the form.",
    )  # fmt: skip


def _fill_in_preset() -> None:
    fill_in(PRESETS[st.session_state["form preset"]].config)


def _say_what_to_look_for(config: ExperimentConfig, sequences: SkeletonSequences) -> None:
    """Draw the sentence of the preset that the form shows, until a setting of it is changed."""
    for preset in (PRESETS[name] for name in different_presets()):
        free = {name: getattr(config, name) for name in ("source", "reading", "seed", "device")}
        if config.training and preset.config.training:
            epochs = config.training.epochs
            free["training"] = preset.config.training.model_copy(update={"epochs": epochs})
        free["split"] = parse_split(preset.config.split.name, sequences.subjects.tolist())
        if preset.config.model_copy(update=free) == config:
            st.caption(f"**{preset.title}**: {preset.look_for}")
