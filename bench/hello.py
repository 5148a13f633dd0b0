"""The barest app there is: what a server and Flask cost without us.

`python -m bench.hello N` serves it in N processes, as `helpdesk web` serves the product.
"""

import sys

from flask import Flask

from helpdesk import web
from helpdesk.settings import Settings

app = Flask("hello")


@app.get("/")
def hello() -> str:
    """Say hello."""
    return "Hello"


if __name__ == "__main__":
    web.run(app, Settings.from_environment(), int(sys.argv[1]))
