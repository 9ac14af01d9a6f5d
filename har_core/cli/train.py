"""`train`: one experiment, from its settings to the end of its run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from har_core.cli.answers import Json, Reading, answer
from har_core.cli.following import ThreadCount, compile_kernels_of, follow
from har_core.cli.run_summary import show, summary_of
from har_core.data.inputs import say_missing_limbs
from har_core.data.named_splits import HOW_WRITTEN
from har_core.data.reading.choices import parse_choices
from har_core.data.sources import load_source
from har_core.engine import thread_count
from har_core.errors import ConfigError
from har_core.files import read_regular
from har_core.models import MODELS, LstmOptions
from har_core.settings import parse_settings
from har_core.terminal import say
from har_core.training.config import ExperimentConfig
from har_core.training.experiment import resolve_experiment
from har_core.training.last_data_set import keep_last_data_set, last_data_set
from har_core.training.member import INPUT_SETTINGS
from har_core.training.presets import PRESETS
from har_core.training.run import runs_of
from har_core.training.seed_list import SEEDS_HELP, parse_seeds, with_seeds
from har_core.training.store import RunStore
from har_core.training.time_estimate import estimate_all, say_time

if TYPE_CHECKING:
    from har_core.training.check import PreparedExperiment

_LARGEST_CONFIG = 1 << 20  # bytes


def train(
    source: Annotated[str | None, typer.Option(help="A source's name, a folder, or a zip.")] = None,
    model: Annotated[str | None, typer.Option(help=f"One of {', '.join(MODELS)}.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help=f"Settings to start from, one of {', '.join(PRESETS)}; the others go before them."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="How often the training part is gone through.")] = None,
    seed: Annotated[str | None, typer.Option("--seed", "--seeds", help=SEEDS_HELP)] = None,
    split: Annotated[str | None, typer.Option(help=f"One of {HOW_WRITTEN}.")] = None,
    refit: Annotated[
        bool | None,
        typer.Option(
            "--refit/--no-refit",
            help="After the choice: train on training and validation together; the last epoch counts.",
        ),
    ] = None,
    read: Reading = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    threads: ThreadCount = None,
    config: Annotated[
        Path | None, typer.Option(help="A JSON file of settings; the other options go before it.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any setting of config.json by its name, such as model.hidden=32."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a model. What is not said is as the course sets it."""
    threads = thread_count(threads)
    seeds = None if seed is None else parse_seeds(seed)
    chosen: dict[str, Any] = {
        "source": source, "training.epochs": epochs, "seed": seeds and seeds[0], "device": device,
        "split.refit": refit,
        **{f"reading.{name}": value for name, value in parse_choices(read).made.items()},
    }  # fmt: skip
    named = {name: value for name, value in chosen.items() if value is not None}
    own = dict(map(_read_setting, settings or []))
    said_twice = {name for name in own if name.partition(".")[0] == "split"} - {"split.refit"}
    if split is not None and said_twice:
        raise ConfigError("train: --split and --set both say the split; say it in one of the two ways.")
    experiment = _experiment(_base(config, preset), model, named | own)
    loaded = load_source(experiment.source, experiment.reading)
    experiment, note = resolve_experiment(experiment, loaded.sequences, split)
    experiments = with_seeds(experiment, seeds or (experiment.seed,))
    compile_kernels_of(experiment)
    # Not imported above: torch comes with it, and the other verbs answer without.
    from har_core.training.check import check_experiment

    prepared = check_experiment(experiment, loaded)  # what can't be trained leaves no run behind
    for sentence in filter(None, (note, say_missing_limbs(experiment.view, loaded.sequences.skeleton))):
        say(sentence)
    said = experiment.reading if experiment.reading.made else last_data_set().reading_of(experiment.source)
    keep_last_data_set(experiment.source, said)  # what was said on the page is not forgotten
    _train_each(experiments, prepared, threads, as_json)


def _train_each(
    experiments: list[ExperimentConfig], prepared: "PreparedExperiment", threads: int, as_json: bool
) -> None:
    """Train experiments that differ in their seed one after the other, and tell what has become of each."""
    from har_core.training.driver import train_run  # not imported above, as in train

    store, sequences = RunStore(), prepared.loaded.sequences
    runs = store.runs()
    if not as_json:
        say(say_time(estimate_all(experiments, sequences, runs, by_size=True)))
    told = []
    for experiment in experiments:
        known = [run.run_id for run in runs_of(experiment, runs, sequences.fingerprint)]
        if known and not as_json:
            say(f"There is a run of the same settings, the seed too: {known[0]}.")
        run = store.create(experiment, queued=False)
        follow(train_run(store, run.run_id, prepared=prepared, threads=threads), run, as_json)
        run = store.get(run.run_id)
        told.append(summary_of(run) | {"same_settings": known})
        if not as_json:
            show(run, as_json)
    if as_json:
        answer(told[0] if len(told) == 1 else {"runs": told})


def _read_setting(text: str) -> tuple[str, Any]:
    """Return the name and the value of ``model.hidden=32``; a value that is no JSON is a text."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ConfigError(f"--set {text!r} is no setting; write for example --set model.hidden=32.")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def _base(file: Path | None, preset: str | None) -> dict[str, Any]:
    """Return the settings of a file or of a preset, of which one can be named; none where neither is."""
    if preset is None:
        return _values_of(file) if file else {}
    if file:
        raise ConfigError("train: --config and --preset both say all settings; name one of them.")
    if preset not in PRESETS:
        raise ConfigError(f"train: --preset {preset!r} is not known; choose one of {', '.join(PRESETS)}.")
    config = PRESETS[preset].config
    how = {*INPUT_SETTINGS, "model", "members", *(["training"] if config.training else [])}
    return config.model_dump(mode="json", include=how)


def _experiment(values: dict[str, Any], model: str | None, chosen: dict[str, Any]) -> ExperimentConfig:
    """Return an experiment with another model and other settings.

    Args:
        values: of its settings, all others are the course's.
        model: by its name in ``MODELS``; its options are then the default ones.
        chosen: settings by their dotted names.
    """
    if model is not None:
        values["model"] = {"name": model}
        if model in MODELS and not MODELS[model].has_epochs:
            values.pop("training", None)
        if model in MODELS and not MODELS[model].is_ensemble:
            values.pop("members", None)
    for name, value in chosen.items():
        *above, last = name.split(".")
        group = values
        for part in above:
            group = group.setdefault(part, {"name": LstmOptions().name} if part == "model" else {})
            if not isinstance(group, dict):
                raise ConfigError(f"train: {name} is no setting of this experiment.")
        group[last] = value
    return parse_settings(ExperimentConfig, json.dumps(values), "train")


def _values_of(file: Path) -> dict[str, Any]:
    try:
        text = read_regular(file, _LARGEST_CONFIG, follow=True)
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.") from None
    base = parse_settings(ExperimentConfig, text, str(file))
    return base.model_dump(mode="json", exclude_unset=True)
