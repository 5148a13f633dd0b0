"""One worker as a process: told to begin on standard input, it confirms all that is due.

`python -m bench.confirming` reads its installation from the environment, as commands do.
"""

import json
import sys
from datetime import UTC, datetime
from time import monotonic

import click

from helpdesk.app import create_app
from helpdesk.queue.processing import process_due
from helpdesk.settings import Settings


def main() -> None:
    """Say that it is ready, wait, confirm, tell how much and from when to when."""
    app = create_app(Settings.from_environment())
    with app.app_context():
        click.echo("ready")
        sys.stdin.readline()
        began = monotonic()
        done = process_due(datetime.now(UTC))
        ended = monotonic()
    told = {"began": began, "ended": ended, "confirmed": done["confirm"]}
    click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
