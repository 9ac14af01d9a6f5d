"""Actions bear the names of MSR Action3D where their numbers are its, or the user says so; else numbers."""

from pathlib import Path

import numpy as np
import pytest

from har_core.data.action_names import say_msr_action3d, take_names_back
from har_core.data.describe import describe
from har_core.data.msr_action3d import PUBLISHED_IDS
from har_core.data.new_sources import import_source
from har_core.data.preparation import Preparation, prepare
from har_core.data.sources import load_source, source_folder, source_stamp
from har_core.errors import DataError
from har_core.home import home
from har_core.skeleton import MSR_ACTIONS

pytestmark = pytest.mark.usefixtures("har_home")

NUMBERS = [f"action {number}" for number in range(1, 21)]


def save(folder: Path, keys, *, ids=None, joints=20) -> str:
    """Write a data set of these actions and subjects, of four frames each."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    np.save(folder / "X.npy", random.uniform(1, 2, (len(keys), 4, joints, 3)).astype(np.float32))
    np.save(folder / "Y.npy", [action for action, _ in keys])
    np.save(folder / "Y_s.npy", [subject for _, subject in keys])
    if ids is not None:
        np.save(folder / "ids.npy", ids)
    return str(folder)


def keys_of(ids) -> list[tuple[int, int]]:
    return [(int(name[1:3]), int(name[5:7])) for name in ids]


def names(source: str) -> list[str]:
    return [action.name for action in load_source(source).sequences.actions]


UTKINECT = [(action, subject) for subject in range(1, 11) for action in range(1, 11) for _ in range(2)][:-1]
"""Ten actions by ten subjects, twice but for one, with the joints of the same tracker."""


# What the data tell


def test_another_set_of_as_many_joints_and_no_more_actions_has_numbers(tmp_path):
    assert names(save(tmp_path, UTKINECT)) == NUMBERS[:10]
    loaded = load_source(str(tmp_path))
    assert loaded.action_names == "unknown"
    assert describe(loaded).action_names == "Actions are numbered; their names are not known."
    assert "right in the image" not in describe(loaded).frame


def test_names_in_the_form_of_the_published_ones_do_not_make_it_theirs(tmp_path):
    ids = [f"a{a:02d}_s{s:02d}_e{row % 2 + 1:02d}" for row, (a, s) in enumerate(UTKINECT)]
    assert "a01_s04_e01" in ids  # whom nobody recorded
    assert names(save(tmp_path, UTKINECT, ids=ids)) == NUMBERS[:10]
    loaded = load_source(str(tmp_path))
    assert "a02_s03_e02" in ids  # which the literature on MSR Action3D leaves out
    assert describe(loaded).faults == ()
    assert prepare(loaded.sequences, Preparation(), np.arange(1)).left_out == ()
    say_msr_action3d(loaded)
    said = load_source(str(tmp_path)).sequences
    assert "a02_s03_e02" in {each.sequence_id for each in prepare(said, Preparation(), np.arange(1)).left_out}


@pytest.mark.parametrize("ids", [PUBLISHED_IDS, PUBLISHED_IDS[40:440:2], PUBLISHED_IDS[::-1]])
def test_sequences_of_published_names_have_published_actions(tmp_path, ids):
    found = names(save(tmp_path, keys_of(ids), ids=ids))
    assert found == [MSR_ACTIONS[number - 1] for number in sorted({action for action, _ in keys_of(ids)})]
    assert load_source(str(tmp_path)).action_names == "known"


def test_a_few_recordings_that_are_called_as_the_published_ones_may_be_anybodys(tmp_path):
    ids = PUBLISHED_IDS[:60]
    assert names(save(tmp_path, keys_of(ids), ids=ids)) == NUMBERS[:3]
    loaded = load_source(str(tmp_path))
    assert loaded.action_names == "unknown" and {"unit", "axes", "skeleton"} <= set(loaded.choices)


def test_published_names_on_other_actions_or_joints_tell_nothing(tmp_path):
    ids = PUBLISHED_IDS[:60]
    keys = keys_of(ids)
    keys[3] = (keys[3][0] + 1, keys[3][1])
    assert names(save(tmp_path / "actions", keys, ids=ids))[0] == "action 1"
    keys = keys_of(ids)
    keys[3] = (keys[3][0], keys[3][1] + 1)
    assert names(save(tmp_path / "subjects", keys, ids=ids))[0] == "action 1"
    assert names(save(tmp_path / "joints", keys_of(ids), ids=ids, joints=25))[0] == "action 1"


def test_the_source_of_that_name_has_said_it(tmp_path):
    keys = [(action, subject) for action in range(1, 21) for subject in (3, 1, 2)]
    save(source_folder("msr-action3d"), keys)
    assert names("msr-action3d") == list(MSR_ACTIONS)
    assert names(str(source_folder("msr-action3d"))) == list(MSR_ACTIONS)
    assert names(save(source_folder("mine"), keys)) == NUMBERS
    save(source_folder("msr-action3d"), [*keys, (21, 1)])
    assert names("msr-action3d")[-1] == "action 21"


def test_an_upload_under_that_name_is_told_as_it_will_be_read(har_home, tmp_path):
    save(tmp_path, [(action, subject) for action in range(1, 21) for subject in (3, 1, 2)])
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    taken = import_source(" msr-action3d ", files)
    assert (taken.sequences.source, taken.action_names) == ("msr-action3d", "known")
    assert load_source("msr-action3d").action_names == "known"


def test_the_recorded_set_has_its_names_in_every_form(real_data, tmp_path):
    for place in ("msr_action3d", "MSRAction3DSkeletonReal3D.zip"):
        loaded = load_source(str(real_data / place))
        assert [action.name for action in loaded.sequences.actions] == list(MSR_ACTIONS)
        assert describe(loaded).frame.endswith("x (right in the image), y (up) and z (away from the camera)")
    for name in ("X.npy", "Y.npy", "Y_s.npy"):
        (tmp_path / name).symlink_to(real_data / "msr_action3d" / name)
    assert names(str(tmp_path)) == list(MSR_ACTIONS)


# What the user says


def test_what_the_user_says_is_kept_and_taken_back_and_changes_nothing_else(tmp_path):
    source = save(tmp_path, UTKINECT)
    before, stamp = load_source(source), source_stamp(source)
    say_msr_action3d(before)
    said = load_source(source)
    assert [action.name for action in said.sequences.actions] == list(MSR_ACTIONS[:10])
    assert [action.number for action in said.sequences.actions] == list(range(1, 11))
    assert said.action_names == "said" and "as you said" in describe(said).action_names
    assert said.sequences.fingerprint == before.sequences.fingerprint
    np.testing.assert_array_equal(said.sequences.labels, before.sequences.labels)
    assert source_stamp(source) != stamp
    take_names_back(said)
    assert names(source) == NUMBERS[:10] and source_stamp(source) == stamp


def test_the_word_goes_with_the_recordings_not_with_their_name(tmp_path):
    source = save(tmp_path / "one", UTKINECT)
    say_msr_action3d(load_source(source))
    (tmp_path / "one").rename(tmp_path / "two")
    assert names(str(tmp_path / "two")) == list(MSR_ACTIONS[:10])
    assert names(save(tmp_path / "one", UTKINECT[:100])) == NUMBERS[:10]


def test_what_cannot_be_said_is_told(tmp_path):
    with pytest.raises(DataError, match="has an action 21, MSR Action3D has 20"):
        say_msr_action3d(load_source(save(tmp_path, [(1, 1), (21, 2)])))
    for change in (say_msr_action3d, take_names_back):
        with pytest.raises(DataError, match="known"):
            change(load_source("synthetic"))


def test_a_home_that_cannot_be_written_is_told(tmp_path):
    loaded = load_source(save(tmp_path / "set", UTKINECT))
    (home() / "action-names").write_text("a file where a folder should be")
    with pytest.raises(DataError, match="can't be written"):
        say_msr_action3d(loaded)
    assert names(str(tmp_path / "set")) == NUMBERS[:10]
