"""CSVs of skeletons: one long table of all sequences, or the recordings of a tracker, each in a file.

In the long form a row is a joint: sequence, subject, action, frame, joint, x, y, z, in any order; so write
those who read the Kinect 2's joints one by one. In the wide form a row is a frame, with columns for x, y and
z of each joint: named as MediaPipe's landmarks (developers.google.com/mediapipe, Pose landmark detection) or
by their numbers, as the joints of the Kinect 2's JointType (learn.microsoft.com, JointType Enumeration), or
in two lines as LightBuzz's Kinect2CSV does. What a file does not say of action and subject, its name has to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.csv_columns import HEAD, decoded, find_columns
from har_core.data.reading.csv_tables import CsvTable, read_csv_table
from har_core.data.reading.frame_gaps import say_gaps
from har_core.data.reading.rates import one_rate, say_units
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.data.reading.told_sequences import ToldSequence, raw_of, tell
from har_core.errors import DataError
from har_core.wording import counted

TEMPLATE = """sequence,subject,action,frame,joint,x,y,z
wave_1,1,wave,1,head,0.02,0.61,2.51
wave_1,1,wave,1,right_hand,0.38,0.45,2.40
wave_1,1,wave,2,head,0.02,0.61,2.51
wave_1,1,wave,2,right_hand,0.41,0.52,2.38
kick_1,2,kick,1,head,-0.10,0.58,2.62
kick_1,2,kick,1,right_hand,0.21,-0.05,2.60
kick_1,2,kick,2,head,-0.10,0.58,2.61
kick_1,2,kick,2,right_hand,0.22,-0.04,2.59
"""
"""The long form, to be filled in."""

TEMPLATE_NAME = "sequences.csv"


class CsvFiles:
    """One CSV with all sequences, or several with one or some each."""

    title = "CSV files"
    expected = "CSV files (sequence, subject, action, frame, joint, x, y, z, or a tracker's)"
    head = HEAD

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files that are CSVs by their names."""
        return tuple(sorted(name for name in names if name.lower().endswith((".csv", ".tsv"))))

    def accepts(self, head: bytes) -> bool:
        """Say whether the first lines of a file tell of joints."""
        return find_columns(decoded(head)) is not None

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: one file is enough."""
        return ()

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read all sequences.

        Raises:
            DataError: a file is damaged, tells of other joints than the first, or not who does what.
        """
        names = sorted(files)
        tables = {name: read_csv_table(files[name], name) for name in names}
        joints = _same_joints(tables)
        told = [sequence for name in names for sequence in _told(tables[name], name)]
        sequences = [sequence for name in names for sequence in tables[name].sequences]
        clocks = [sequence.clock for sequence in sequences]
        rate, different = one_rate([clock and clock[0] for clock in clocks])
        row_is = " or ".join(sorted({table.row_is for table in tables.values()}))
        return raw_of(
            told,
            joints,
            layout=f"{counted(len(names), 'CSV file')} of {counted(len(told), 'sequence')}, a row a {row_is}",
            notes=say_gaps([sequence.lost for sequence in sequences]),
            rate=rate,
            assumptions=different or say_units(rate, [clock[1] for clock in clocks if clock]),
        )


def _same_joints(tables: Mapping[str, CsvTable]) -> tuple[str, ...]:
    (first, table), *others = tables.items()
    for name, other in others:
        if other.joints != table.joints:
            raise DataError(
                f"{name} tells of {len(other.joints)} joints ({_some(other.joints)}) and {first} of "
                f"{len(table.joints)} ({_some(table.joints)}): expected the same in all files."
            )
    return table.joints


def _some(joints: tuple[str, ...]) -> str:
    return ", ".join(joint[:20] for joint in joints[:3])


def _told(table: CsvTable, name: str) -> list[ToldSequence]:
    """Return the sequences of one file, under names that are different in it."""
    names = Counter(sequence.of.get("sequence") for sequence in table.sequences)
    alone = len(table.sequences) == 1
    return [
        tell(
            each.frames,
            each.of if names[each.of.get("sequence")] == 1 else _joined(each.of),
            name,
            alone=alone,
        )
        for each in table.sequences
    ]


def _joined(of: Mapping[str, str]) -> dict[str, str]:
    """Return what is told of a sequence whose name others bear, too, with a name out of all of it."""
    return dict(of) | {
        "sequence": "_".join(of[key] for key in ("action", "subject", "sequence") if key in of)
    }
