"""Files of landmarks in JSON, one or more recordings each; what a file does not tell, its name has to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.frame_gaps import say_gaps
from har_core.data.reading.landmark_json import Recording, read_recordings
from har_core.data.reading.rates import one_rate, say_units
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.data.reading.told_sequences import raw_of, tell
from har_core.errors import DataError
from har_core.wording import counted

_NO_RECORDINGS = frozenset(("dataset.json", "layout.json", "reading.json"))
_TELLS_OF_JOINTS = re.compile(rb'"x"|landmark|keypoint|^\s*\[\s*\[\s*\[', re.IGNORECASE)


class LandmarkFiles:
    """JSON files of landmarks, as MediaPipe finds them."""

    title = "JSON files of landmarks"
    expected = "MediaPipe's landmarks in JSON such as wave_s01_e01.json"
    head = 1 << 12

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files that are JSON by their names."""
        return tuple(
            sorted(name for name in names if name.lower().endswith(".json") and name not in _NO_RECORDINGS)
        )

    def accepts(self, head: bytes) -> bool:
        """Say whether the beginning of a file tells of joints."""
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return text[:1] in (b"[", b"{") and _TELLS_OF_JOINTS.search(text) is not None

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: one file is enough."""
        return ()

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all recordings.

        Raises:
            DataError: a file is damaged, tells of other joints than the first, or not who does what.
        """
        names = sorted(files)
        read = [(name, each) for name in names for each in read_recordings(files[name], name)]
        counts = {name: sum(file == name for file, _ in read) for name in names}
        first, (_, one) = names[0], read[0]
        for name, other in read:
            if other.frames.shape[1:] != one.frames.shape[1:] or other.world != one.world:
                raise DataError(
                    f"{name} has {_say(other)} and {first} has {_say(one)}: expected the same in all."
                )
        told = [tell(each.frames, each.of, name, alone=counts[name] == 1) for name, each in read]
        rate, different = one_rate([each.rate for _, each in read])
        return raw_of(
            told,
            [str(joint + 1) for joint in range(one.frames.shape[1])],
            layout=f"{counted(len(names), 'JSON file')} of {counted(len(told), 'recording')}, {_say(one)}",
            axes="x,-y,z" if one.world else None,
            unit="metres" if one.world else None,
            rate=rate,
            notes=say_gaps([each.lost for _, each in read]),
            assumptions=different or say_units(rate, [each.unit for _, each in read if each.unit]),
        )


def _say(recording: Recording) -> str:
    _, joints, axes = recording.frames.shape
    where = "world landmarks" if recording.world else "landmarks"
    return f"{joints} {where} with {', '.join('xyz'[:axes])}"
