"""The barest app there is: what a server and Flask cost without us."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    """Say hello."""
    return "Hello"
