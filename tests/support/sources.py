"""What stands in the repository: its files, its templates, its words."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from helpdesk.settings import ROOT

TEMPLATES = ROOT / "templates"
VENDORED = ("static/vendor/", "tests/vendor/")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of ours, those not committed yet included; what is vendored is not ours."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = (name for name in listed.stdout.decode().split("\0") if name)
    ours = (ROOT / name for name in names if not name.startswith(VENDORED))
    return tuple(sorted(path for path in ours if path.is_file()))


def named(path: Path) -> str:
    """Return the name of a file as the repository writes it."""
    return path.relative_to(ROOT).as_posix()


def python(under: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Yield name and syntax tree of each Python file of ours below a folder."""
    for path in tracked():
        if path.suffix == ".py" and named(path).startswith(under):
            yield named(path), ast.parse(path.read_text())


@cache
def templates() -> dict[str, nodes.Template]:
    """Return each Jinja template by its name, parsed."""
    reader = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    return {
        path.relative_to(TEMPLATES).as_posix(): reader.parse(path.read_text())
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".txt"}
    }
