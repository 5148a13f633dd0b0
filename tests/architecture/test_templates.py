import ast
import re
from collections.abc import Iterator

from flask import Flask
from jinja2 import nodes

from tests.support.sources import TEMPLATES as FOLDER
from tests.support.sources import python, templates

TEMPLATES = templates()
LONGEST = 120
MOST_PARAMETERS = 5


def imported(tree: nodes.Template) -> Iterator[tuple[str, str, str]]:
    """Yield template, macro and local name of each import."""
    for node in tree.find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        for name in node.names:
            macro, local = name if isinstance(name, tuple) else (name, name)
            yield str(node.template.value), macro, local


def names_used(tree: nodes.Template) -> set[str]:
    """Return the names that a template reads, those of what it includes among them."""
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    used |= {node.attr for node in tree.find_all(nodes.Getattr)}
    for node in tree.find_all(nodes.Include):
        if isinstance(node.template, nodes.Const):
            used |= names_used(TEMPLATES[str(node.template.value)])
    return used


def texts(tree: nodes.Template) -> set[str]:
    """Return the words that a template holds as values: what it includes may be among them."""
    return {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}


def test_every_template_compiles_as_the_app_reads_it(app: Flask) -> None:
    for name in TEMPLATES:
        assert app.jinja_env.get_template(name)


def test_no_template_trusts_a_text() -> None:
    for name, tree in TEMPLATES.items():
        filters = {node.name for node in tree.find_all(nodes.Filter)}
        assert filters.isdisjoint({"safe", "forceescape"}), name
        assert "Markup" not in names_used(tree), name


def test_html_is_always_escaped() -> None:
    for name, tree in TEMPLATES.items():
        if name.endswith(".html"):
            kinds = (nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)
            assert [*tree.find_all(kinds)] == [], name


def test_every_macro_that_is_imported_is_used() -> None:
    unused = {
        name: [local for _file, _macro, local in imported(tree) if local not in names_used(tree)]
        for name, tree in TEMPLATES.items()
    }

    assert {name: macros for name, macros in unused.items() if macros} == {}


def test_no_macro_knows_what_it_is_not_given() -> None:
    with_context = [
        name
        for name, tree in TEMPLATES.items()
        for node in tree.find_all(nodes.FromImport)
        if node.with_context
    ]

    assert with_context == []


def test_a_macro_has_few_parameters() -> None:
    many = [
        f"{name}: {macro.name}"
        for name, tree in TEMPLATES.items()
        for macro in tree.find_all(nodes.Macro)
        if len(macro.args) > MOST_PARAMETERS
    ]

    assert many == []


def test_every_macro_is_used_somewhere() -> None:
    wanted = {
        (template, macro) for tree in TEMPLATES.values() for template, macro, _ in imported(tree)
    }

    # `{% import "x" as y %}`, then `y.macro()`.
    by_name = {
        (str(node.template.value), attribute)
        for tree in TEMPLATES.values()
        for node in tree.find_all(nodes.Import)
        if isinstance(node.template, nodes.Const)
        for attribute in names_used(tree)
    }

    unused = [
        f"{name}: {macro.name}"
        for name, tree in TEMPLATES.items()
        for macro in tree.find_all(nodes.Macro)
        if (name, macro.name) not in wanted | by_name and macro.name not in names_used(tree)
    ]

    assert unused == []


def test_every_macro_that_is_imported_is_there() -> None:
    there = {
        (name, macro.name)
        for name, tree in TEMPLATES.items()
        for macro in tree.find_all(nodes.Macro)
    }

    wanted = {
        (template, macro) for tree in TEMPLATES.values() for template, macro, _ in imported(tree)
    }

    assert wanted - there == set()


def test_every_template_is_used_somewhere() -> None:
    said = {
        node.value
        for _name, tree in python("helpdesk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said |= {text for tree in TEMPLATES.values() for text in texts(tree)}
    # The words of a message are found by its kind: `messages/<kind>.txt`.
    by_kind = re.compile(r"messages/([a-z]\w*)\.txt")

    unused = [
        name
        for name in TEMPLATES
        if name not in said and not ((kind := by_kind.fullmatch(name)) and kind[1] in said)
    ]

    assert unused == []


def test_templates_stay_short() -> None:
    long = {name: len((FOLDER / name).read_text().splitlines()) for name in TEMPLATES}

    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}
