"""The command line: the same verbs as the dashboard, without a browser."""

import sys

import typer

from har_core.cli import bench, data, ensemble, predict, report, runs, train
from har_core.errors import HarError
from har_core.terminal import complain

app = typer.Typer(help="Recognise human actions from skeletons.", no_args_is_help=True, add_completion=False)
app.add_typer(data.app, name="data")
app.add_typer(runs.app, name="runs")
for verb in (train.train, ensemble.ensemble, predict.predict, bench.bench, report.report):
    app.command()(verb)


def main() -> None:
    """Run the command line; what the user did wrong ends it with one sentence and exit code 2."""
    try:
        app()
    except HarError as error:
        complain(f"Error: {error}")
        sys.exit(2)
