"""What is in the archive: everything of the business, in both forms, and nothing else."""

import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import Base
from helpdesk.queue import export_words
from helpdesk.queue.export_parts import LEFT_OUT, PARTS, Part
from tests.builders import PASSWORD_HASH, a_company, a_subscription
from tests.support.databases import Databases
from tests.support.exports import PDF, STAFF, Opened, asked, lived, made, staff

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
OURS, OTHERS = "Zéphirine", "Quirinus"
FORMULA = frozenset("=+-@")


@dataclass(frozen=True)
class World:
    """The archive of a business that has a row in every table, as another one has."""

    opened: Opened
    company_id: int
    tax_number: str
    holder_id: int
    request_id: int
    agent_id: int
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
def worlds() -> dict[type[Databases], World]:
    """Return the world of each kind of database, once made: these tests only read it."""
    return {}


@pytest.fixture
def world(
    worlds: dict[type[Databases], World], databases: Databases, request: pytest.FixtureRequest
) -> World:
    kind = type(databases)
    if kind not in worlds:
        worlds[kind] = a_world(request.getfixturevalue("session"))
    return worlds[kind]


@pytest.fixture
def opened(world: World) -> Opened:
    return world.opened


def a_world(session: Session) -> World:
    agent = staff(session)
    neighbour, company = (a_company(session, name=f"{mark} SARL") for mark in (OTHERS, OURS))
    for one in (neighbour, company):
        a_subscription(session, one)
    beside, found = (
        lived(session, one, agent, mark) for one, mark in ((neighbour, OTHERS), (company, OURS))
    )
    session.commit()
    asked(neighbour, beside.holder)
    opened = made(session, asked(company, found.holder))
    secrets = (PASSWORD_HASH, found.holder.session_key, found.request.filing_key)
    ids = (found.holder.id, found.request.id, agent.id)
    return World(opened, company.id, company.tax_number, *ids, secrets)


def test_every_table_goes_out_or_is_left_out_with_its_reason() -> None:
    tables = [mapper.class_.__tablename__ for mapper in Base.registry.mappers]
    parts = [part.name for part in PARTS]

    assert sorted([*parts, *(model.__tablename__ for model in LEFT_OUT)]) == sorted(tables)
    assert all(str(why).strip() for why in LEFT_OUT.values())


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_column_goes_out_with_its_meaning_or_is_left_out_with_its_reason(
    part: Part,
) -> None:
    columns = [column.name for column in part.model.__table__.columns]

    assert sorted([*part.names, *part.left_out]) == sorted(columns)
    assert all(str(why).strip() for why in part.left_out.values())
    assert all(export_words.meaning(part.name, name) for name in part.names)


def test_no_meaning_is_left_of_a_column_that_is_gone() -> None:
    there = {name for part in PARTS for name in part.names} | {"file"}
    there |= {f"{part.name}.{name}" for part in PARTS for name in part.names}

    assert set(export_words.MEANINGS) - there == set()


def test_both_forms_of_each_table_have_the_same_rows_and_columns(opened: Opened) -> None:
    """The business has a row in each table, so none that was forgotten stays unseen."""
    for part in PARTS:
        as_json, as_csv = opened.json(part.name), opened.csv(part.name)
        assert len(as_json) == len(as_csv) > 0, part.name
        assert [*as_json[0]] == [*as_csv[0]]
        assert [str(one["id"]) for one in as_json] == [one["id"] for one in as_csv]


def test_nothing_of_another_company_is_in_it(world: World) -> None:
    text = world.opened.everything()

    assert OURS in text
    assert OTHERS not in text
    assert [one["id"] for one in world.opened.json("requests")] == [world.request_id]
    named = [
        one["company_id"]
        for part in PARTS
        for one in world.opened.json(part.name)
        if one.get("company_id") is not None
    ]
    assert set(named) == {world.company_id}


def test_no_secret_and_nobody_of_ours_is_in_it(world: World) -> None:
    text = world.opened.everything()

    assert [secret for secret in world.secrets if secret in text] == []
    assert STAFF not in text
    assert {one["actor"] for one in world.opened.json("events")} == {"agent", "processing"}
    people = [
        one["person_id"]
        for part in PARTS
        for one in world.opened.json(part.name)
        if "person_id" in one
    ]
    assert set(people) == {world.holder_id, None}


def test_a_document_stands_there_as_its_pdf(opened: Opened) -> None:
    (document,) = opened.json("documents")

    assert opened.zip.read(document["file"]) == PDF + OURS.encode()
    assert document["facts"]["company_name"] == OURS


def test_spreadsheets_take_nothing_typed_for_a_formula_and_json_has_it_as_it_was(
    opened: Opened,
) -> None:
    typed = {
        ("calls", "notes"): f"=SUM(A1) {OURS}",
        ("requests", "reason_text"): f"@cher\n« {OURS} »",
        ("requests", "asked"): f"\t-1+1 {OURS}",
        ("attempts", "error"): f"+550 {OURS}",
    }

    for (table, column), text in typed.items():
        assert opened.json(table)[-1][column] == text
        assert opened.csv(table)[-1][column] == f"'{text}"
    for part in PARTS:
        cells = [text for line in opened.csv(part.name) for text in line.values()]
        assert not {text for text in cells if text.lstrip()[:1] in FORMULA}


def test_csv_is_as_rfc_4180_has_it_with_the_mark_of_utf_8(opened: Opened) -> None:
    for part in PARTS:
        content = opened.zip.read(f"csv/{part.name}.csv")
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert content[3:].split(b"\r\n")[0].decode() == ",".join(opened.json(part.name)[0])


def test_instants_are_in_universal_time_and_days_are_days(opened: Opened) -> None:
    shapes = {"_at": INSTANT, "_on": DAY}
    for part in PARTS:
        for name, value in ((n, v) for one in opened.json(part.name) for n, v in one.items()):
            shape = shapes.get(name[-3:])
            assert shape is None or value is None or shape.fullmatch(value), (part.name, name)


def test_every_file_is_what_its_checksum_says(opened: Opened, tmp_path: Path) -> None:
    opened.zip.extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(checked.stdout.splitlines()) == len(opened.zip.namelist()) - 1
    assert opened.zip.testzip() is None


def test_the_manifest_says_what_is_there(world: World) -> None:
    opened, manifest = world.opened, world.opened.manifest
    files = {one["name"]: one for one in manifest["files"]}

    assert (manifest["format"], manifest["format_version"]) == ("preavis-export", 1)
    assert manifest["business"] == {"name": f"{OURS} SARL", "tax_number": world.tax_number}
    assert manifest["asked_at"] == "2026-03-02T10:00:00Z"
    assert INSTANT.fullmatch(manifest["as_of"])
    assert {*files} == {*opened.zip.namelist()} - {"manifest.json", "SHA256SUMS"}
    for name, told_of in files.items():
        content = opened.zip.read(name)
        assert told_of["bytes"] == len(content)
        assert told_of["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["left_out"]["people.password_hash"]
    assert manifest["left_out"]["call_drafts"]


def test_the_manifest_tells_the_rows_of_each_table_and_what_each_column_means(
    opened: Opened,
) -> None:
    files = {one["name"]: one for one in opened.manifest["files"]}

    for part in PARTS:
        for name in (f"csv/{part.name}.csv", f"json/{part.name}.json"):
            assert files[name]["rows"] == len(opened.json(part.name))
            assert [*files[name]["columns"]] == [*opened.json(part.name)[0]]
            assert all(files[name]["columns"].values())
