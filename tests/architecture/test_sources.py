import ast
import re

import pytest

from helpdesk.settings import ROOT
from tests.support.sources import named, python, tracked

LONGEST_FILE = 300
LONGEST_STYLE = 300
LONGEST_SCRIPT = 400
LONGEST_BEHAVIOUR = 70
LONGEST_FUNCTION = 40
MODELS = "helpdesk.queue.models"
# Who may use the queue's rows: the queue itself, and what makes the demo's past.
HOLDERS = ("helpdesk/queue/", "helpdesk/demo/", "helpdesk/migrations/")
TEXT = {".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".lock", ".po", ".yaml", ".yml", ""}


def calls(tree: ast.Module, name: str) -> int:
    """Count the calls of a method."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        for node in ast.walk(tree)
    )


def lines(pattern: str) -> int:
    return sum(len(path.read_text().splitlines()) for path in ROOT.glob(pattern))


def test_only_one_place_commits() -> None:
    places = {name: calls(tree, "commit") for name, tree in python("helpdesk/")}

    assert {name: count for name, count in places.items() if count} == {"helpdesk/database.py": 1}


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name
        for name, tree in python("helpdesk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }

    # The command `demo` adds its mode to what it hands to the settings.
    assert readers == {"helpdesk/settings.py", "helpdesk/cli.py"}


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        name
        for name, tree in python("helpdesk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    }

    assert readers == {"helpdesk/clock.py"}


def test_only_the_job_loop_catches_everything() -> None:
    catchers = {
        name
        for name, tree in python("helpdesk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or ast.unparse(node.type) == "Exception"
    }

    assert catchers == {"helpdesk/queue/processing.py", "helpdesk/worker.py"}


def test_outside_the_queue_its_rows_are_only_read() -> None:
    """A row of the queue may be the type of an argument, never made or looked for elsewhere."""
    for name, tree in python("helpdesk/"):
        if name.startswith(HOLDERS):
            continue
        rows = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == MODELS
            for alias in node.names
        }
        made = [
            ast.unparse(node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for part in (node.func, *node.args)
            if isinstance(part, ast.Name) and part.id in rows
        ]
        assert made == [], name


@pytest.mark.parametrize("door", ["help_center", "account", "console", "supervision", "sign_in"])
def test_no_view_speaks_sql(door: str) -> None:
    for name, tree in python(f"helpdesk/{door}/"):
        words = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
            for alias in node.names
        }
        assert words == set(), name


def test_no_python_file_is_longer_than_300_lines() -> None:
    long = {
        named(path): len(path.read_text().splitlines())
        for path in tracked()
        if path.suffix == ".py" and "migrations/versions" not in named(path)
    }

    assert {name: count for name, count in long.items() if count > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in python("helpdesk/")
        if "migrations" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }

    assert {name: count for name, count in long.items() if count > LONGEST_FUNCTION} == {}


def test_our_own_styles_and_scripts_stay_small() -> None:
    assert lines("static/css/**/*.css") <= LONGEST_STYLE
    assert lines("static/js/**/*.js") <= LONGEST_SCRIPT
    behaviours = {path.name: lines(named(path)) for path in ROOT.glob("static/js/behaviours/*.js")}
    assert {name: n for name, n in behaviours.items() if n > LONGEST_BEHAVIOUR} == {}


def test_every_behaviour_is_asked_for_by_a_page() -> None:
    asked = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for names in re.findall(r'data-behaviour="([^"]+)"', path.read_text())
        for name in re.findall(r"[a-z][a-z-]+", names)
    }
    asked |= {
        name
        for _name, tree in python("helpdesk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in [node.value]
    }
    imported = {
        name
        for path in (ROOT / "static/js").rglob("*.js")
        for name in re.findall(r"from\s+[\"']\./(?:behaviours/)?([\w-]+)\.js", path.read_text())
    }

    behaviours = {path.stem for path in ROOT.glob("static/js/behaviours/*.js")}

    assert behaviours - asked - imported == set()


def test_no_file_names_a_registry_or_somebody_s_home() -> None:
    words = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "/root" + "/", "/home" + "/")
    private = re.compile("|".join(map(re.escape, words)) + r"|/work(?=/)|/Users(?=/)")

    found = {
        named(path): sorted(set(private.findall(path.read_text(errors="replace"))))
        for path in tracked()
        if path.suffix in TEXT
    }

    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_vendored_file_is_recorded_with_its_licence() -> None:
    record = (ROOT / "static/vendor/VENDORED.md").read_text()

    for folder in [*(ROOT / "static/vendor").iterdir(), *(ROOT / "tests/vendor").iterdir()]:
        if folder.name == "VENDORED.md":
            continue
        assert folder.is_dir()
        assert f"{folder.name}/LICENSE" in record
        assert (folder / "LICENSE").is_file()
        for path in folder.rglob("*"):
            if path.is_file() and not path.name.startswith("LICENSE"):
                assert f"`{path.relative_to(folder).as_posix()}`" in record, path


def test_no_work_is_left_for_later() -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")

    left = [
        named(path)
        for path in tracked()
        if path.suffix in TEXT and words.search(path.read_text(errors="replace"))
    ]

    assert left == []
