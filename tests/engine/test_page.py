"""The engine's page is a promise: what it names is there, and it names all that others may use."""

import re
from pathlib import Path

import har_core.engine
from har_core.engine import compiling

ENGINE = Path(har_core.engine.__file__).parent
PAGE = (ENGINE / "README.md").read_text(encoding="utf-8")
FROM_OUTSIDE = PAGE.partition("## From outside")[2].partition("\n## ")[0]


def test_all_that_others_may_use_is_on_the_page_and_nothing_else():
    quoted = re.findall(r"`([A-Za-z_]+)(?:\([^`]*\)[^`]*)?`", FROM_OUTSIDE)
    assert set(har_core.engine.__all__) == set(quoted) - {"spec"}  # which is a network's
    assert all(hasattr(har_core.engine, name) for name in har_core.engine.__all__)


def test_files_that_the_page_names_are_there():
    names = set(re.findall(r"`([\w/]+\.py)`", PAGE)) | {"kernels/"}
    assert len(names) >= 8
    for name in names:
        assert (ENGINE / name).exists() or (ENGINE / "kernels" / name).exists(), name
    for name in compiling.KERNELS:
        assert f"`{name}`" in PAGE


def test_it_is_one_page():
    assert len(PAGE.splitlines()) <= 60 and PAGE.count("\n## ") == 4
