"""Pages are scripts outside any package, so the walls around them are looked after here."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))


def imported_by(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_imports_from_the_app_and_the_core_and_no_other_screen(page: Path) -> None:
    found = imported_by(page)
    rooms = {name.split(".")[0] for name in found} - sys.stdlib_module_names
    assert {"streamlit"} <= rooms <= {"app", "har_core", "streamlit"}
    screens = {name.split(".")[2] for name in found if name.startswith("app.screens.")}
    assert screens <= {page.stem}


def test_every_screen_is_that_of_a_page() -> None:
    folders = {file.parent.name for file in (ROOT / "app" / "screens").glob("*/__init__.py")}
    assert folders
    assert folders <= {page.stem for page in PAGES}
