"""The README is a promise: what it says of commands and of the house has to hold."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def house_map() -> list[str]:
    """The paths of the map, from the block below its heading."""
    block = re.search(r"## The map of the house.*?```\n(.*?)```", README, re.DOTALL)
    assert block
    paths, above = [], []
    for line in block[1].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        above[depth:] = [name]
        paths.append("".join(above) if depth else name)
    return paths


def test_ci_runs_the_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'readme_command.py "Run the tests"' in script
    assert re.search(r"## Run the tests\n\n```sh\npip install -r requirements-dev.txt && pytest\n```", README)


def test_start_command_is_the_one_of_the_user():
    assert "```sh\npip install -r requirements.txt && streamlit run app/Home.py\n```" in README


def test_the_notebook_s_code_runs(har_home):
    block = re.search(r"## In a notebook\n\n```python\n(.*?)```", README, re.DOTALL)
    assert block
    program = block[1].replace('"epochs": 600', '"epochs": 2').replace("epochs=100", "epochs=1")
    assert program != block[1]
    known: dict[str, object] = {}
    exec(compile(program, "README.md", "exec"), known)  # noqa: S102
    assert known["run"].is_complete and known["classifier"].history_


def test_every_path_of_the_map_exists():
    for path in house_map():
        assert (ROOT / path).exists(), f"the README's map names {path}"


def test_every_room_is_on_the_map():
    on_map = set(house_map())
    rooms = {
        f"{path.parent.relative_to(ROOT).as_posix()}/" for path in (ROOT / "har_core").rglob("__init__.py")
    }
    rooms |= {f"app/{path.parent.name}/" for path in (ROOT / "app").glob("*/__init__.py")}
    assert rooms <= on_map
    modules = {
        path.relative_to(ROOT).as_posix()
        for house in ("har_core", "app")
        for path in (ROOT / house).glob("[!_]*.py")
    }
    assert modules <= on_map


def test_import_contract_orders_the_rooms_as_the_map_does():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [name.strip() for layer in layers for name in layer.split(":")]
    contract = [room.removeprefix("har_core.") for room in rooms if room.startswith("har_core.")]
    contract = [room for room in contract if room != "__main__"]
    on_map = [
        path.removeprefix("har_core/").rstrip("/").removesuffix(".py")
        for path in house_map()
        if path.startswith("har_core/") and path.count("/") <= 2 and path != "har_core/"
    ]
    on_map = [room for room in on_map if "/" not in room]
    assert contract == on_map


def test_every_link_to_a_file_leads_somewhere():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_no_page_is_imported():
    for path in [
        *(ROOT / "app").rglob("*.py"),
        *(ROOT / "har_core").rglob("*.py"),
        *(ROOT / "pages").glob("*.py"),
    ]:
        assert not re.search(r"^\s*(from|import) pages\b", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path
        )


def test_import_contract_orders_the_rooms_of_the_app_as_the_map_does():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["app"])
    on_map = [path.removeprefix("app/").rstrip("/") for path in house_map() if path.endswith("/")]
    assert [layer for layer in layers if layer in on_map] == [room for room in on_map if room in layers]
    assert len(set(layers) & set(on_map)) == 4
