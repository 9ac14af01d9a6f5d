"""What is said of files that are no data set: how many of which kind, why they aren't read, and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_MENDS: Mapping[tuple[str, ...], str] = {
    (".pkl", ".pickle", ".p", ".joblib"): "pickles can run code: save the arrays with numpy.save",
    (".pt", ".pth", ".ckpt"): "files of PyTorch are pickles, which can run code: "
    "save the arrays with numpy.save",
    (".avi", ".mp4", ".mov", ".mkv", ".webm", ".wmv", ".mpg"): "a video holds no skeletons: "
    "let a tracker such as MediaPipe find them, and bring its landmarks as CSV",
    (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff"): "a picture holds no skeletons: "
    "let a tracker such as MediaPipe find them, and bring its landmarks as CSV",
    (".h5", ".hdf5"): "HDF5 is not read: save the arrays with numpy.save",
    (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"): "only zips are opened: "
    "unpack it, and give the folder",
    (".xlsx", ".xls", ".ods"): "a spreadsheet is not read: save it as CSV",
    (".parquet", ".feather"): "save the table as CSV",
    (".bvh", ".c3d", ".fbx", ".trc"): "save the positions of the joints as CSV",
    (".npy",): "the arrays are known by the names X.npy, Y.npy and Y_s.npy",
    (".mat",): "a file is known by a name such as a1_s1_t1_skeleton.mat",
    (".txt",): "a text file is known by a name such as a01_s01_e01_skeleton3D.txt",
    (".csv", ".json"): "its first lines tell of no joints",
}
_MOST_KINDS = 3
_LONGEST_NAME = 40


def say_not_read(names: Iterable[str]) -> str:
    """Say what some files are, as a part of a sentence; nothing of none.

    ``12 .pkl files (a.pkl and others); pickles can run code: save the arrays with numpy.save``

    Args:
        names: of the files; the kind of which there are most comes first.
    """
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(_ending(name), []).append(name)
    most = sorted(kinds.items(), key=lambda kind: (_mend(kind[0]) is None, -len(kind[1]), kind[0]))
    said = [_say_kind(ending, files) for ending, files in most[:_MOST_KINDS]]
    if len(most) > _MOST_KINDS:
        said.append("and others")
    return ", ".join(said) if not any(";" in each for each in said) else "; ".join(said)


def _say_kind(ending: str, files: list[str]) -> str:
    first = _printable(min(files))
    if len(files) == 1:
        what = first
    else:
        kind = f"{_printable(ending)} files" if ending else "files without an ending"
        what = f"{len(files):,} {kind} ({first} and others)"
    mend = _mend(ending)
    return f"{what}; {mend}" if mend else what


def _mend(ending: str) -> str | None:
    return next((mend for endings, mend in _MENDS.items() if ending in endings), None)


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""


def _printable(name: str) -> str:
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return short if short.isprintable() else repr(short)[1:-1]
