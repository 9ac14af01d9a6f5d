"""What tests share: the real data where it is there, and a home of its own for each test."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real MSR Action3D data; its absence skips a test, but fails in CI."""
    named = os.environ.get("HAR_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "msr_action3d" / "X.npy").exists():
        reason = f"the real data are not at {folder}; HAR_TEST_DATA names another folder"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture
def har_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's data sets and runs."""
    monkeypatch.setenv("HAR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
