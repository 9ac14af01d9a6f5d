"""The form of an experiment: every setting of a config, with what it means.

What the form says lives in the session under the keys of its widgets, so that a preset, or the settings of
an earlier run, can fill it in, and so that it stays when the page changes.
"""

from typing import Any

import streamlit as st

from app.runs.setting_fields import as_shown, draw_setting, start_button
from app.screens.training.layers import draw_layers
from app.screens.training.split_field import draw_split, values_of_split
from app.shell.wording import plain
from har_core.data.named_splits import parse_split
from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences
from har_core.models import MODELS
from har_core.settings import Settings, make_settings
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.presets import PRESETS

_KEYS = {"inputs": "form inputs", "seed": "form seed", "device": "form device"}
_KEYS_OF_TRAINING = {
    "epochs": "form epochs",
    "batch_size": "form batch",
    "optimiser": "form optimiser",
    "learning_rate": "form rate",
    "schedule": "form schedule",
    "augmentation": "form augmentation",
}


def fill_in(config: ExperimentConfig) -> None:
    """Let the form say what a config says; to be called before the form is drawn."""
    for key, value in values_of(config).items():
        st.session_state[key] = value


def values_of(config: ExperimentConfig) -> dict[str, Any]:
    """Return what the session holds for the form to show a config, by its key."""
    model = config.model
    training = config.training or GradientTraining()
    return {
        "form model": model.name,
        **{key: as_shown(ExperimentConfig, name, getattr(config, name)) for name, key in _KEYS.items()},
        **{
            key: as_shown(GradientTraining, name, getattr(training, name))
            for name, key in _KEYS_OF_TRAINING.items()
        },
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
    source: str, layout: str | None, sequences: SkeletonSequences
) -> tuple[ExperimentConfig | None, bool]:
    """Draw the form; return what it says, None where that can't be trained, and whether training is to start.

    Args:
        source: the data set to train on.
        layout: of its files, where it was chosen.
        sequences: of that data set.
    """
    values: dict[str, Any] = {}
    how: dict[str, Any] = {}  # it is trained
    faults: list[str] = []
    st.session_state.setdefault("form model", ExperimentConfig().model.name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.segmented_control(
            "Model", list(MODELS), format_func=lambda key: MODELS[key].title, key="form model",
            required=True, persist_state="session", width="stretch", wrap=True,
        )  # fmt: skip
        _presets()
    has_epochs = MODELS[model].has_epochs
    *columns, beside = st.columns(4, vertical_alignment="bottom")
    for column, name in zip(columns, ("epochs", "batch_size"), strict=False):
        if has_epochs:
            with column:
                how[name], fault = draw_setting(GradientTraining, name, _KEYS_OF_TRAINING[name])
            faults += [fault] if fault else []  # told below all columns, which stay in line
    if MODELS[model].seeded:
        with columns[2 if has_epochs else 0]:
            values["seed"], fault = draw_setting(ExperimentConfig, "seed", _KEYS["seed"])
        faults += [fault] if fault else []
    below = st.container()
    with st.expander("All settings"):
        of_model, of_data, of_split = st.columns(3, gap="medium")
        with of_model:
            st.markdown("**Model**")
            faults_before = len(faults)
            options = _draw_group(MODELS[model].options, f"form {model}", faults)
            is_whole = len(faults) == faults_before
        with of_data:
            st.markdown("**Preparation and inputs**")
            preparation = _draw_group(Preparation, "form", faults)
            values["inputs"], fault = draw_setting(ExperimentConfig, "inputs", _KEYS["inputs"])
            _tell(fault, faults)
        with of_model:
            if MODELS[model].network and is_whole and not fault:
                draw_layers(MODELS[model].options(**options), values["inputs"], sequences)
        with of_split:
            st.markdown("**Split and training**" if has_epochs else "**Split**")
            split, fault = draw_split(sequences)
            _tell(fault, faults)
            for name, key in _KEYS_OF_TRAINING.items() if has_epochs else ():
                if name not in how:
                    how[name], fault = draw_setting(GradientTraining, name, key)
                    _tell(fault, faults)
            values["device"], fault = draw_setting(ExperimentConfig, "device", _KEYS["device"])
            _tell(fault, faults)
    started = start_button(
        "Start training", beside, below, faults, icon=":material/play_arrow:",
        help="Puts the experiment at the end of the queue.", width="stretch",
    )  # fmt: skip
    if faults or split is None:
        return None, False
    config = make_settings(
        ExperimentConfig, "The form", source=source, layout=layout, preparation=Preparation(**preparation),
        split=split, model=MODELS[model].options(**options),
        training=GradientTraining(**how) if has_epochs else None, **values,
    )  # fmt: skip
    _say_what_to_look_for(config, sequences)
    return config, started


def _draw_group(kind: type[Settings], prefix: str, faults: list[str]) -> dict[str, Any]:
    """Draw settings below each other, each with its fault, and return what they say."""
    values = {}
    for name in _fields_of(kind):
        values[name], fault = draw_setting(kind, name, f"{prefix} {name}")
        _tell(fault, faults)
    return values


def _tell(fault: str, faults: list[str]) -> None:
    """Say beneath a field what is wrong with it, where something is."""
    if fault:
        st.caption(f":red[{plain(fault)}]")
        faults.append(fault)


def _presets() -> None:
    st.menu_button(
        "Presets", list(PRESETS), icon=":material/tune:", key="form preset",
        format_func=lambda name: PRESETS[name].title, on_click=_fill_in_preset,
        help="The course's four models, one without learning, and settings that are known to go wrong. "
        "Fills in the form.",
    )  # fmt: skip


def _fill_in_preset() -> None:
    fill_in(PRESETS[st.session_state["form preset"]].config)


def _say_what_to_look_for(config: ExperimentConfig, sequences: SkeletonSequences) -> None:
    """Draw the sentence of the preset that the form shows, until a setting of it is changed."""
    for preset in PRESETS.values():
        free = {name: getattr(config, name) for name in ("source", "layout", "seed", "device")}
        if config.training and preset.config.training:
            epochs = config.training.epochs
            free["training"] = preset.config.training.model_copy(update={"epochs": epochs})
        free["split"] = parse_split(preset.config.split.name, sequences.subjects.tolist())
        if preset.config.model_copy(update=free) == config:
            st.caption(f"**{preset.title}**: {preset.look_for}")
