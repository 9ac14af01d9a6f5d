"""The command line: the same verbs as the dashboard, without a browser."""

import sys

import typer

from har_core.cli import bench, data, ensemble, ladder, lottery, predict, report, runs, train
from har_core.errors import AmbiguousReadingError, HarError
from har_core.terminal import complain

app = typer.Typer(help="Recognise human actions from skeletons.", no_args_is_help=True, add_completion=False)
app.add_typer(data.app, name="data")
app.add_typer(runs.app, name="runs")
for verb in (
    train.train, ensemble.ensemble, ladder.ladder, lottery.lottery, predict.predict, bench.bench,
    report.report,
):  # fmt: skip
    app.command()(verb)


def main() -> None:
    """Run the command line; what the user did wrong ends it with one sentence and exit code 2."""
    try:
        app()
    except AmbiguousReadingError as error:
        complain(f"Error: {error} Say it with --read {error.choice}={error.choices[0]}, for example.")
        sys.exit(2)
    except HarError as error:
        complain(f"Error: {error}")
        sys.exit(2)
