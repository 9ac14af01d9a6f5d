"""The hand-in: all of its files, in a folder or a zip."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from har_core.analysis.predictions import confusion
from har_core.analysis.scores import confused_pairs
from har_core.errors import RunError
from har_core.player.clips import Clip
from har_core.player.recordings import recorded_clip
from har_core.report.figures import training_plane
from har_core.report.findings import Findings, gather
from har_core.report.notebook import notebook
from har_core.report.page import report_page
from har_core.report.pictures import curves_picture, map_picture, matrix_picture, poses_picture
from har_core.report.tables import metrics_csv, predictions_csv
from har_core.report.written import Answers, author_named
from har_core.training.records import Metric
from har_core.training.store import RunStore
from har_core.unfinished import unfinished_folder

_MOST_POSES = 3
"""Confused pairs that are drawn pose by pose."""

Files = dict[str, bytes]
"""Content by the path within the hand-in; no path holds a text of the user."""


def hand_in(
    store: RunStore, run_ids: Sequence[str], *, author: str = "", answers: Answers | None = None
) -> Files:
    """Make the files of a hand-in. The same runs, author and answers give the same bytes.

    Args:
        store: where the runs lie.
        run_ids: runs that have ended, in the order of the hand-in.
        author: who hands in; empty where nobody is named.
        answers: what was answered so far; page and notebook begin with it.

    Raises:
        ConfigError: the author's name is too long.
        RunError: no run is named, one is not there or has not ended, or its files are damaged.
    """
    author, answers = author_named(author), answers or Answers()
    runs = gather(store, run_ids)
    pictures = {(found.number, name): svg for found in runs for name, svg in _pictures(found).items()}
    texts = {
        "report.html": report_page(runs, pictures, author, answers),
        "notebook.ipynb": notebook(runs, author, answers),
    }
    models = {found.number: found.model for found in runs}
    texts |= {
        f"figures/{number}-{models[number]}-{name}.svg": svg for (number, name), svg in pictures.items()
    }
    tables = {"metrics.csv": metrics_csv(runs)} if any(found.records for found in runs) else {}
    tables["predictions.csv"] = predictions_csv(runs)
    return {name: text.encode() for name, text in texts.items()} | tables


def _pictures(found: Findings) -> dict[str, str]:
    about = f"{found.title}" + (" (synthetic data)" if found.meta.synthetic else "")
    test = found.judged.of("test")
    metrics = get_args(Metric) if found.records else ()
    pictures = {
        metric: curves_picture(
            found.records, metric, f"{metric.capitalize()}: {about}", mark_best=found.checkpoint == "best"
        )
        for metric in metrics
    }
    pictures["confusion"] = matrix_picture(
        confusion(test, len(found.actions)), found.actions, f"Confusion, test part: {about}"
    )
    plane = training_plane(found)
    if plane is not None:
        pictures["features"] = map_picture(*plane, found.actions, f"Features, training part: {about}")
    clips = _confused_clips(found)
    if clips:
        beside = "" if found.features is None else ", above the nearest example"
        pictures["poses"] = poses_picture(clips, f"Confused{beside}: {about}")
    return pictures


def _confused_clips(found: Findings) -> list[Clip]:
    """Return a sequence of each of the most confused pairs, and what it is to be seen beside."""
    if found.loaded is None:
        return []
    sequences, test = found.loaded.sequences, found.judged.of("test")
    clips = []
    for confused in confused_pairs(confusion(test, len(found.actions)), most=_MOST_POSES):
        name = str(test.cell(confused.true, confused.predicted).ids[0])
        example = found.nearest[name]
        said = f"Taken for {found.actions[confused.predicted]}: "
        clips.append(recorded_clip(sequences, name, said))
        if example:
            clips.append(recorded_clip(sequences, example, "Nearest: "))
    return clips


def write_hand_in(files: Mapping[str, bytes], out: Path) -> None:
    """Write a hand-in: as a zip where the name ends in ``.zip``, else into a folder. All of it or nothing.

    Args:
        files: of ``hand_in``.
        out: must not be there yet, or be an empty folder: it may hold answers that somebody typed.

    Raises:
        RunError: it is there already, or can't be written.
    """
    taken = out.exists() and not (out.is_dir() and not any(out.iterdir()))
    if taken or (out.exists() and out.suffix == ".zip"):
        raise RunError(f"{out} is there already, and may hold your answers: name another place.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with unfinished_folder(out.parent) as beside:
            if out.suffix == ".zip":
                (beside / "made.zip").write_bytes(zipped(files))
                os.replace(beside / "made.zip", out)
            else:
                _write_folder(files, beside / "made")
                if out.is_dir():
                    out.rmdir()
                os.rename(beside / "made", out)
    except OSError as error:
        raise RunError(f"{out} can't be written: {error.strerror or error}.") from None


def _write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(files: Mapping[str, bytes], folder: str = "hand-in") -> bytes:
    """Return the files as a zip that unpacks into one folder; the same files give the same bytes."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(f"{folder}/{name}")  # of a fixed date
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
