"""Who opens the dashboard or lists runs does not wait for what only training needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "pandas", "scipy", "sklearn", "pooch")
SAY_WHICH = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"

FIRST_PAGE = f"""
from streamlit.testing.v1 import AppTest
from har_core.training.queue import TrainingQueue
TrainingQueue.start = lambda queue: None  # it imports torch when the page is there
page = AppTest.from_file("{(ROOT / "app" / "Home.py").as_posix()}", default_timeout=60).run()
assert page.title[0].value == "How does a network recognise an action?" and not page.exception
"""

TRAINING_PAGE = f"""
from streamlit.testing.v1 import AppTest
from har_core.training.queue import TrainingQueue
TrainingQueue.start = lambda queue: None
page = AppTest.from_file("{(ROOT / "app" / "Home.py").as_posix()}", default_timeout=60)
page = page.switch_page("../pages/training.py").run()
assert page.title[0].value == "Training" and not page.exception
said = [text.value for text in page.caption]
assert sum(text.startswith("Its layers and parameters are counted as soon as") for text in said) == 1, said
before = [name for name in {HEAVY} if name in sys.modules]
import torch  # as the queue's thread does
said = [text.value for text in page.run().caption]
assert sum(text.startswith("**8,756 parameters**") for text in said) == 1 and not page.exception, said
print("before:", before)
"""

RUN_TABLE = f"""
from streamlit.testing.v1 import AppTest
from har_core.training.queue import TrainingQueue
TrainingQueue.start = lambda queue: None
page = AppTest.from_file("{(ROOT / "app" / "Home.py").as_posix()}", default_timeout=60)
page = page.switch_page("../pages/comparison.py").run()
assert page.title[0].value == "Comparison" and not page.exception
assert len(page.dataframe[0].value) == 1 and page.get("echarts_chart")
"""


def heavy_after(program: str, home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{SAY_WHICH}"], cwd=ROOT, check=True, text=True,
        capture_output=True, env=os.environ | {"HAR_HOME": str(home)}, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def test_the_first_page_is_drawn_without_what_training_needs(tmp_path: Path) -> None:
    assert heavy_after(FIRST_PAGE, tmp_path) == "[]"


def test_the_form_is_drawn_without_torch_and_counts_parameters_when_it_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{TRAINING_PAGE}"], cwd=ROOT, check=True, text=True,
        capture_output=True, env=os.environ | {"HAR_HOME": str(tmp_path)}, timeout=120,
    )  # fmt: skip
    assert "torch" not in done.stdout.partition("before:")[2]


def test_the_run_table_is_drawn_without_what_training_and_statistics_need(tmp_path: Path) -> None:
    old = ROOT / "tests" / "training" / "run_of_schema_1"
    shutil.copytree(old, tmp_path / "runs" / "20261101-000000-lstm-aaaaaa")
    assert heavy_after(RUN_TABLE, tmp_path) == "['pandas']"


def test_the_command_line_and_the_store_read_runs_without_what_training_needs(tmp_path: Path) -> None:
    reads = "import har_core.cli, har_core.training.queue\nfrom har_core.training.store import RunStore\n"
    assert heavy_after(reads + "RunStore().runs()", tmp_path) == "[]"
    assert (
        heavy_after("import har_core.training.driver", tmp_path) == "['torch']"
    )  # the question is a real one
