"""A newcomer does the practical work in a real browser, on embedded, recorded and uploaded data."""

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from sklearn.decomposition import PCA

from app.shell.navigation import PAGES, path_of
from har_core.training.store import RunStore

REPOSITORY = Path(__file__).resolve().parents[2]
ENTRY = REPOSITORY / "app" / "Home.py"
EPOCHS = 400  # long enough that the page is open before the first run ends
MINUTES = 60_000  # milliseconds


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def real_address(home_with_real_data: Path, serve: Any) -> Iterator[str]:
    with serve(ENTRY, {"HAR_HOME": str(home_with_real_data)}) as url:
        yield url


def test_newcomer_does_the_practical_work_on_the_embedded_data(
    address: str, home: Path, page: Page, visit: Any
) -> None:
    lab = visit(page, address)
    lab.open()
    expect(page.get_by_text("Synthetic data").first).to_be_visible()
    before = run_folders(home)
    do_the_practical_work(lab)
    look_at_all_results(lab, home, run_folders(home) - before)


def test_newcomer_does_the_practical_work_on_the_real_data(
    real_address: str, home_with_real_data: Path, page: Page, visit: Any
) -> None:
    lab = visit(page, real_address)
    lab.open()
    lab.choose("Data set", "msr-action3d")
    expect(page.get_by_text("Synthetic data")).to_have_count(0)
    do_the_practical_work(lab)
    look_at_all_results(lab, home_with_real_data, run_folders(home_with_real_data))


def do_the_practical_work(lab: Any) -> None:
    """Queue the four runs on the overview, and watch the first until all have ended."""
    lab.page.get_by_role("button", name="Settings").click()
    lab.set_number("Epochs", EPOCHS)
    lab.page.keyboard.press("Escape")
    lab.page.get_by_role("button", name="Queue the practical work").click()
    lab.page.get_by_role("link", name="Watch them learn").click()
    expect(lab.page.locator("h1")).to_contain_text("Training")
    assert see_it_move(lab, EPOCHS) > 1
    idle = lab.page.get_by_test_id("stSidebar").get_by_text("Nothing is being trained.")
    expect(idle).to_be_visible(timeout=2 * MINUTES)
    expect(lab.number("Epoch")).to_have_text(f"{EPOCHS} of {EPOCHS}")


def see_it_move(lab: Any, epochs: int) -> int:
    """Wait until the card of the epoch has grown with nothing pressed; return the epoch it says then."""
    first = epoch_on_the_card(lab, epochs, after=0)
    return epoch_on_the_card(lab, epochs, after=first)


def epoch_on_the_card(lab: Any, epochs: int, *, after: int) -> int:
    card = lab.number("Epoch").filter(has_text=re.compile(rf" of {epochs:,}$"))
    expect(card).not_to_have_text(f"{after:,} of {epochs:,}", timeout=MINUTES)
    return int(card.inner_text().split(" of ")[0].replace(",", ""))


def look_at_all_results(lab: Any, home: Path, folders: set[Path]) -> None:
    models = {str(config(folder)["model"]["name"]): folder for folder in folders}
    assert sorted(models) == ["bilstm", "cnn", "lstm", "stacked-lstm"]
    for folder in folders:
        assert json.loads((folder / "status.json").read_text())["state"] == "done"
    see_the_curves_of_the_file(lab, models["lstm"])
    click_a_cell(lab, models["cnn"])
    click_a_point(lab, models["cnn"])
    pick_by_keys(lab, models["cnn"])
    draw_a_loop(lab, models["cnn"])
    see_data_skeletons_and_comparison(lab, folders)


def see_the_curves_of_the_file(lab: Any, folder: Path) -> None:
    lab.settle()
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [record["epoch"] for record in records] == list(range(1, EPOCHS + 1))
    chart = lab.page.get_by_test_id("stEChartsChart").first
    expect(chart).to_have_attribute("aria-label", re.compile(f"^Curves of the loss over {EPOCHS:,} epochs"))
    for share in (0.3, 0.55, 0.8):
        told = lab.hover_curves(chart, share)
        stored = records[int(told["Epoch"]) - 1]["validation_loss"]
        assert told["Validation"] == pytest.approx(stored, abs=0.0006)


def click_a_cell(lab: Any, folder: Path) -> None:
    """Click a filled cell of the matrix that is not shown yet; its sequences are listed and move."""
    lab.go_to("Results")
    lab.choose("Run", option_of(lab, "Run", folder))
    names, actions = stored_cells(folder), stored_actions(folder)
    shown = {option_name(text) for text in options(lab)}
    true, predicted = max(
        (cell for cell in names if cell[0] != cell[1] and set(names[cell]) != shown),
        key=lambda cell: len(names[cell]),
    )
    cell = lab.page.locator(
        f'[aria-label^="Predicted action: {actions[predicted]}; True action: {actions[true]};"]'
    )
    expect(cell).to_have_attribute("aria-label", re.compile(f"count: {len(names[true, predicted])};"))
    click_the_middle(lab.page, cell)
    verb = f"of {actions[true]} taken for {actions[predicted]}"
    expect(lab.page.get_by_text(verb, exact=False).first).to_be_visible()
    lab.settle()
    listed = [option_name(text) for text in options(lab)]
    assert listed == names[true, predicted]
    lab.expect_player_to_move(showing=listed[0])
    lab.choose("Sequence", options(lab)[-1])
    lab.expect_player_to_move(showing=listed[-1])
    see_it_make_up_its_mind(lab, folder, listed[-1])


def see_it_make_up_its_mind(lab: Any, folder: Path, name: str) -> None:
    """At the last frame the lines below the figure say what the run predicted."""
    with np.load(folder / "predictions.npz") as file:
        logits = file["logits_best"][file["ids"] == name][0].astype(float)
    shares = np.exp(logits) / np.exp(logits).sum()
    said = f"{stored_actions(folder)[shares.argmax()]} {100 * shares.max():.0f} %"
    expect(lab.page.get_by_text(re.compile("^It (says|changes its mind)")).first).to_be_visible()
    slider = lab.player.get_by_label("Frame", exact=True)
    slider.fill(slider.get_attribute("max"))
    expect(lab.player.locator(".readings").first).to_contain_text(said)


def click_a_point(lab: Any, folder: Path) -> None:
    """Click the loneliest point of the feature map; its sequence moves."""
    lab.go_to("Features")
    expect(lab.page.get_by_role("combobox", name="Run")).to_have_value(re.compile("^1D-CNN"))
    expect(lab.page.get_by_role("combobox", name="Part")).to_have_value("Test part")  # where the cell was
    lab.choose("Part", "Training part")
    names, places = pixels_of_training_points(lab, folder)
    drawn = lab.page.locator(".scatter").evaluate("scatter => Object.keys(scatter.drawnPoints)")
    assert sorted(drawn) == sorted(names)
    distances = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(names), 1e9))
    loneliest = int(distances.min(axis=1).argmax())
    lab.page.mouse.move(*places[loneliest] + 30)
    lab.page.mouse.move(*places[loneliest], steps=5)
    expect(lab.page.locator(".scatter .tip")).to_contain_text(names[loneliest])
    lab.page.mouse.click(*places[loneliest])
    expect(lab.page.locator(".scatter")).to_have_attribute("data-chosen", names[loneliest])
    lab.expect_player_to_move(showing=names[loneliest])
    expect(lab.page).to_have_url(re.compile(f"sequence={names[loneliest]}"))


def pick_by_keys(lab: Any, folder: Path) -> None:
    """Go from the ringed point to the nearest one in a direction by the arrow keys, and pick it."""
    lab.settle()
    names, places = pixels_of_training_points(lab, folder)
    scatter = lab.page.locator(".scatter")
    start = scatter.get_attribute("data-chosen")
    away = places - places[names.index(start)]
    sides = {"ArrowRight": away, "ArrowLeft": away * [-1, 1]}
    key, side = max(sides.items(), key=lambda item: int((item[1][:, 0] > 0).sum()))
    along, across = side[:, 0], np.abs(side[:, 1])
    ahead = (along > 0) & (across <= along)
    wanted = names[int(np.where(ahead, along + 2 * across, np.inf).argmin())]
    lab.page.mouse.move(0, 0)
    expect(scatter).to_have_attribute("data-at", "")
    scatter.get_by_role("application").focus()
    for name in (start, wanted):
        lab.page.keyboard.press(key)
        expect(scatter).to_have_attribute("data-at", name)
    expect(scatter.locator(".told")).to_contain_text(wanted)
    for key, near in (("+", "1.500"), ("0", "1.000")):
        lab.page.keyboard.press(key)
        expect(scatter).to_have_attribute("data-zoom", near)
    lab.page.keyboard.press("Enter")
    expect(lab.page).to_have_url(re.compile(f"sequence={wanted}"))


def draw_a_loop(lab: Any, folder: Path) -> None:
    """Draw a loop around some training points; exactly those that lie in it for scikit-learn move."""
    lab.settle()
    names, places = pixels_of_training_points(lab, folder)
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    order = np.argsort(distances, axis=1)
    nearest = np.sort(distances, axis=1)[:, 3:11]  # from the 3rd to the 10th neighbour
    steps, radii = np.diff(nearest, axis=1), (nearest[:, 1:] + nearest[:, :-1]) / 2
    area = lab.page.locator(".scatter .over").bounding_box()
    corner, size = np.array([area["x"], area["y"]]), np.array([area["width"], area["height"]])
    room = np.minimum(places - corner, corner + size - places).min(axis=1)
    fits = radii < room[:, None] - 2  # a loop begins within the figure
    centre, step = np.unravel_index(np.where(fits, steps, 0).argmax(), steps.shape)
    inside, radius = order[centre, : step + 4], radii[centre, step]
    for number, angle in enumerate(np.linspace(0, 2 * np.pi, 33)):
        lab.page.mouse.move(*(places[centre] + radius * np.array([np.cos(angle), np.sin(angle)])))
        if not number:
            lab.page.mouse.down()
    lab.page.mouse.up()
    expect(lab.page.get_by_role("heading", name=f"{len(inside)} sequences picked")).to_be_visible()
    lab.settle()
    title = lab.player.last.get_attribute("data-title")
    assert sorted(option_name(clip) for clip in title.split(" | ")) == sorted(names[row] for row in inside)
    lab.page.get_by_role("button", name="Let go").click()
    lab.settle()
    expect(lab.player).to_have_count(1)


def pixels_of_training_points(lab: Any, folder: Path) -> tuple[list[str], np.ndarray]:
    """Return the training sequences, and where in the window scikit-learn's PCA puts them.

    A plane is drawn to some scale: the slope and the start of each axis are fitted to what was drawn, and
    then every point has to be where they say. A component's sign is free; a slope takes it in.
    """
    with np.load(folder / "features.npz") as learned, np.load(folder / "predictions.npz") as file:
        training = file["part"] == "train"
        names, features = file["ids"][training].tolist(), learned["best"][training].astype(float)
    canvas = lab.page.locator(".scatter .over")
    canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
    # The points of another part may be there yet.
    drawn = lab.page.locator(".scatter").evaluate(
        """(scatter, name) => new Promise((done) => {
          const look = () => {
            if (name in scatter.drawnPoints) done(scatter.drawnPoints);
            else requestAnimationFrame(look);
          };
          look();
        })""",
        names[0],
    )
    found = np.array([drawn[name] for name in names])
    for axis, values in enumerate(PCA(2).fit_transform(features).T):
        slope, start = np.polyfit(values, found[:, axis], 1)
        np.testing.assert_allclose(found[:, axis], slope * values + start, atol=0.01)
    box = canvas.bounding_box()
    return names, found + [box["x"], box["y"]]


def see_data_skeletons_and_comparison(lab: Any, folders: set[Path]) -> None:
    lab.go_to("Data set")
    expect(lab.card("Sequences")).to_have_text("567")
    expect(lab.card("Classes")).to_have_text("20")
    lab.go_to("Skeletons")
    expect(lab.player.locator(".stage canvas")).to_have_count(1)
    lab.page.get_by_text("Recorded and prepared").click()
    expect(lab.player.locator(".stage canvas")).to_have_count(2)
    expect(lab.player).to_have_attribute("data-title", re.compile(r".+ \| Prepared: .+"))
    lab.go_to("Comparison")
    rows = lab.page.get_by_test_id("stDataFrame").first.locator("table tbody tr")
    expect(rows).to_have_count(len(folders))


def test_three_files_are_uploaded_and_shown(
    address: str, home: Path, page: Page, visit: Any, small_source: Path
) -> None:
    lab = visit(page, address)
    lab.open("data-set")
    upload(lab, "my-recordings", [small_source / name for name in ("X.npy", "Y.npy", "Y_s.npy")])
    expect(lab.card("Sequences")).to_have_text(str(len(np.load(small_source / "Y.npy"))))
    expect(page).to_have_url(re.compile("source=my-recordings"))
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    for name in ("X.npy", "Y.npy", "Y_s.npy"):
        copy = home / "sources" / "my-recordings" / name
        assert copy.read_bytes() == (small_source / name).read_bytes()


def test_pickle_that_runs_code_is_refused_in_a_sentence_and_nothing_is_written(
    address: str, home: Path, page: Page, visit: Any, small_source: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "was run"
    hostile = tmp_path / "X.npy"
    array = np.empty(72, object)
    array[:] = [Command(f"touch '{mark}'")] * 72
    with hostile.open("wb") as file:
        np.lib.format.write_array(file, array, allow_pickle=True)
    before = everything_in(home)
    lab = visit(page, address)
    lab.open("data-set")
    upload(lab, "hostile", [hostile, small_source / "Y.npy", small_source / "Y_s.npy"])
    error = page.get_by_test_id("stAlert")
    expect(error).to_have_count(1)
    expect(error).to_contain_text("X.npy")
    expect(error).to_contain_text("system")
    assert not mark.exists()
    assert everything_in(home) == before


class Command:
    """Runs a command of the system when its pickle is read."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def test_hostile_pickle_would_run_if_it_were_read_as_numpy_does(tmp_path: Path) -> None:
    mark = tmp_path / "was run"
    pickle.loads(pickle.dumps(Command(f"touch '{mark}'")))  # noqa: S301  # our own pickle
    assert mark.exists()


def upload(lab: Any, name: str, files: list[Path]) -> None:
    lab.open_upload().locator('input[type="file"]').set_input_files(files)
    expect(lab.page.get_by_test_id("stFileChip")).to_have_count(len(files))
    lab.add_upload(name)
    lab.settle()


def test_run_started_on_the_command_line_shows_live(address: str, home: Path, page: Page, visit: Any) -> None:
    lab = visit(page, address)
    lab.open("training")
    before = run_folders(home)
    command = [
        sys.executable,
        "-m",
        "har_core",
        "train",
        "--model",
        "lstm",
        "--epochs",
        "90000",
        "--seed",
        "5",
    ]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | {"HAR_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    try:
        sidebar = page.get_by_test_id("stSidebar")
        expect(sidebar).to_contain_text(re.compile(r"Epoch [1-9][\d,]* of 90,000"), timeout=MINUTES)
        (folder,) = run_folders(home) - before
        lab.open("training", run=folder.name)
        see_it_move(lab, 90_000)
    finally:
        process.kill()
        process.wait()
    expect(page.get_by_text("interrupted").first).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_reloading_the_page_loses_nothing_and_stop_keeps_the_results(
    address: str, home: Path, page: Page, visit: Any
) -> None:
    lab = visit(page, address)
    lab.open("training", source="synthetic")
    lab.set_number("Epochs", 80_000)
    page.get_by_role("button", name="Start training").click()
    before = see_it_move(lab, 80_000)
    page.reload()
    assert see_it_move(lab, 80_000) > before
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped").first).to_be_visible(timeout=MINUTES)
    expect(page.get_by_role("link", name="See the results of this run")).to_be_visible()
    (folder,) = [folder for folder in run_folders(home) if config(folder)["training"]["epochs"] == 80_000]
    assert (folder / "predictions.npz").is_file()


def test_what_is_there_already_is_trained_again_only_if_that_is_wanted(
    address: str, home: Path, page: Page, visit: Any
) -> None:
    lab, store = visit(page, address), RunStore(home / "runs")
    lab.open("training")
    lab.set_number("Epochs", 70_000)
    start = page.get_by_role("button", name="Start training")
    start.click()
    see_it_move(lab, 70_000)
    before = run_folders(home)
    question = page.get_by_role("dialog")
    start.click()
    expect(question).to_contain_text("Nothing was queued. There is a run of the same settings")
    expect(question.get_by_role("link")).to_contain_text("70,000 epochs")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    assert run_folders(home) == before
    start.click()
    question.get_by_role("button", name="Train again").click()
    expect(question).to_have_count(0)
    (new,) = run_folders(home) - before
    expect(page).to_have_url(re.compile(new.name))
    (old,) = [folder for folder in before if config(folder)["training"]["epochs"] == 70_000]
    assert config(new) | {"device": ""} == config(old) | {"device": ""}
    for folder in (new, old):
        store.request(folder.name, "stop")
    expect(page.get_by_text("Nothing is being trained.")).to_be_visible(timeout=MINUTES)


@pytest.mark.parametrize("path", [path_of(name) for name in PAGES])
def test_page_is_dark_where_the_system_is_and_fits_a_phone(
    shown_address: str, page: Page, visit: Any, path: str
) -> None:
    page.emulate_media(color_scheme="dark")
    lab = visit(page, shown_address)
    lab.open(path)
    colour = page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", colour)[:3]) < 60
    page.set_viewport_size({"width": 390, "height": 800})
    lab.settle()
    page.wait_for_function(
        """() => {
            const { scrollWidth, clientWidth } = document.querySelector("[data-testid=stMain]");
            return scrollWidth <= clientWidth && clientWidth <= 390;
        }"""
    )


def click_the_middle(page: Page, place: Locator) -> None:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def options(lab: Any) -> list[str]:
    """Return what the drop-down of sequences offers, as it is written there."""
    offered = lab.open_choices(lab.page.get_by_role("combobox", name="Sequence", exact=True))
    texts = list(offered.all_inner_texts())
    lab.page.keyboard.press("Escape")
    return texts


def option_name(text: str) -> str:
    return text.strip().split(" · ")[0]


def option_of(lab: Any, label: str, folder: Path) -> str:
    """Return what the drop-down says of a run."""
    box = lab.page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")
    said = lab.open_choices(box).filter(has_text=folder.name[:15])
    title = {"cnn": "1D-CNN", "lstm": "LSTM"}[str(config(folder)["model"]["name"])]
    text = next(text for text in said.all_inner_texts() if text.startswith(title))
    lab.page.keyboard.press("Escape")
    return str(text)


def run_folders(home: Path) -> set[Path]:
    return set((home / "runs").glob("[0-9]*"))


def config(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "config.json").read_text()))


def stored_actions(folder: Path) -> list[str]:
    return [action["name"] for action in json.loads((folder / "meta.json").read_text())["actions"]]


def stored(folder: Path, part: str) -> list[str]:
    with np.load(folder / "predictions.npz") as file:
        return [str(name) for name in file["ids"][file["part"] == part]]


def stored_cells(folder: Path) -> dict[tuple[int, int], list[str]]:
    """Return the names of the test sequences by true and predicted action, best weights."""
    cells: dict[tuple[int, int], list[str]] = {}
    with np.load(folder / "predictions.npz") as file:
        rows = zip(file["ids"], file["truth"], file["logits_best"].argmax(axis=1), file["part"], strict=True)
        for name, true, predicted, part in rows:
            if part == "test":
                cells.setdefault((int(true), int(predicted)), []).append(str(name))
    return cells


def everything_in(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.name != "status.json"}
