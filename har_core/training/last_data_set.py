"""The data set that was used last, in a small file of the home folder: the dashboard opens with it.

There it is kept, too, whose skeletons were looked at: of the 14 steps that is the one that leaves no run.
"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices, with_reading
from har_core.data.sources import SYNTHETIC
from har_core.errors import HarError
from har_core.home import home
from har_core.settings import Settings, make_settings, parse_settings
from har_core.training.atomic import replace_file

_LONGEST = 4096  # characters of a path; no system has a longer one
_MOST_WATCHED = _MOST_READINGS = 50
_MOST_BYTES = 8 * _LONGEST * (1 + _MOST_WATCHED + 2 * _MOST_READINGS)


class DataSetInUse(Settings):
    """A data set, how it is read, and what was looked at.

    Attributes:
        source: its name, or its path in full.
        readings: what was said of the files of data sets, the newest last.
        watched: the data sets whose skeletons were looked at, the newest last.
    """

    source: str = Field(SYNTHETIC, min_length=1, max_length=_LONGEST)
    readings: dict[Annotated[str, Field(max_length=_LONGEST)], ReadingChoices] = Field(
        default_factory=dict, max_length=_MOST_READINGS
    )
    watched: tuple[Annotated[str, Field(max_length=_LONGEST)], ...] = Field((), max_length=_MOST_WATCHED)

    @classmethod
    def upgraded(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a file of any time says, as it is written today."""
        values = with_reading(values)
        if "reading" not in values or "readings" in values:
            return values
        kept = {name: value for name, value in values.items() if name != "reading"}
        return kept | {"readings": {str(values.get("source", SYNTHETIC)): values["reading"]}}

    def reading_of(self, source: str) -> ReadingChoices:
        """Return what was said of the files of a data set."""
        return self.readings.get(source, NOTHING_CHOSEN)


def last_data_set() -> DataSetInUse:
    """Return what was kept; the synthetic set where nothing was, or nothing that can be read."""
    try:
        if not _file().is_file():  # a pipe of that name would let everybody wait
            return DataSetInUse()
        with _file().open("rb") as file:
            text = file.read(_MOST_BYTES)
        return parse_settings(DataSetInUse, text, "the data set used last")
    except (OSError, HarError):
        return DataSetInUse()


def keep_last_data_set(source: str, reading: ReadingChoices) -> None:
    """Keep a data set that was read, and how, for the next visit, if the home can be written."""
    others = {name: said for name, said in last_data_set().readings.items() if name != source}
    readings = others | ({source: reading} if reading.made else {})
    _keep(source=source, readings=dict(list(readings.items())[-_MOST_READINGS:]))


def keep_watched(source: str) -> None:
    """Keep that the skeletons of a data set were looked at, if the home can be written."""
    others = [name for name in last_data_set().watched if name != source]
    _keep(watched=(*others, source)[-_MOST_WATCHED:])


def _keep(**said: Any) -> None:
    before = last_data_set()
    with suppress(OSError, HarError):  # such as a path that is no text
        used = make_settings(DataSetInUse, "the data set used last", **dict(before) | said)
        if used != before:
            _file().parent.mkdir(parents=True, exist_ok=True)
            replace_file(_file(), used.model_dump_json(indent=2).encode())


def _file() -> Path:
    return home() / "last-data-set.json"
