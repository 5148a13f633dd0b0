"""Build the archive of an export from one moment's state of the database."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic
from typing import IO, Any

from flask_babel import force_locale, gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import Model
from helpdesk.directory.models import Company, Person
from helpdesk.documents import shelf
from helpdesk.documents.models import Document
from helpdesk.messages.calendar import dates
from helpdesk.messages.compose import compose
from helpdesk.messages.letter import Letter
from helpdesk.messages.models import Message
from helpdesk.queue import export_words
from helpdesk.queue.export_archive import Archive, Row, plain
from helpdesk.queue.export_parts import LEFT_OUT, NOTED, PARTS, Part
from helpdesk.queue.models import Event
from helpdesk.rules.vocabulary import Language

FORMAT = "preavis-export"
VERSION = 1
BATCH = 250
LONGEST_SILENCE_SECONDS = 1
FILE = "file"
ACTOR = "person_id"

Advance = Callable[[int, int], None]
"""Told how many rows are done, and of how many; may raise, and the build ends there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose data is collected, when it was asked for and as it stood when, and for which reader."""

    company_id: int
    language: Language
    asked_at: datetime
    at: datetime


class Builder:
    """Writes the archive; `session` reads one moment's state, and writes nothing."""

    def __init__(self, session: Session, asked: Asked, advance: Advance) -> None:
        self.session, self.asked, self.advance = session, asked, advance
        self.company = session.get_one(Company, asked.company_id)
        people = select(Person.id).where(Person.company_id == asked.company_id)
        self.people = frozenset(session.scalars(people))
        self.done, self.total = 0, sum(self._count(part) for part in PARTS)
        self.told, self.told_at = 0, monotonic()

    def write(self, file: IO[bytes]) -> None:
        """Write all of it, part by part; needs an app context, and no transaction."""
        self._tell()
        with Archive(file, self.asked.at) as archive:
            self._add_documents(archive)
            kept = {one.name for one in archive.files}
            for part in PARTS:
                archive.add_table(part.name, _columns(part), self._rows(part, kept))
            with force_locale(self.asked.language.value):
                archive.add("README.txt", self._readme(archive).encode())
                manifest = json.dumps(self._manifest(archive), ensure_ascii=False, indent=2)
            archive.add("manifest.json", f"{manifest}\n".encode())
            sums = "".join(f"{one.sha256}  {one.name}\n" for one in archive.files)
            archive.add("SHA256SUMS", sums.encode())

    def _count(self, part: Part) -> int:
        """Return how many steps a part takes: its rows, and once more a document with its PDF."""
        rows = part.rows(self.company).order_by(None).subquery()
        count = self.session.scalar(select(func.count()).select_from(rows)) or 0
        return 2 * count if part.model is Document else count

    def _rows(self, part: Part, kept: set[str]) -> Iterator[Row]:
        query = part.rows(self.company).execution_options(yield_per=BATCH)
        for batch in self.session.execute(query).partitions():
            for found in batch:
                row: dict[str, Any] = dict(found._mapping)  # noqa: SLF001 (SQLAlchemy's own name)
                if row.get(ACTOR) not in self.people:
                    row[ACTOR] = None
                if part.model is Event and row["action"] in NOTED:
                    row["why"] = ""
                if part.model is Message:
                    row |= _worded(row.pop("letter"), row["subject"])
                if part.model is Document:
                    row[FILE] = name if (name := _path(row["code"])) in kept else None
                yield row
            self._step(len(batch))

    def _add_documents(self, archive: Archive) -> None:
        """Write the PDF of each document; one that was never needed is made now, and kept."""
        part = next(one for one in PARTS if one.model is Document)
        numbers = [(row.id, row.code) for row in self.session.execute(part.rows(self.company))]
        for number, code in numbers:
            pdf = self.session.scalar(select(Document.pdf).where(Document.id == number))
            if pdf is None:
                pdf = _made(number)
            if pdf is not None:
                archive.add(_path(code), pdf)
            self._step(1)

    def _step(self, count: int) -> None:
        """Tell how far it is: at the end, after so many rows, and at least each second."""
        self.done += count
        is_far = self.done - self.told >= BATCH or self.done == self.total
        if is_far or monotonic() - self.told_at >= LONGEST_SILENCE_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self.told, self.told_at = self.done, monotonic()
        self.advance(self.done, self.total)

    def _manifest(self, archive: Archive) -> dict[str, Any]:
        parts = {part.name: part for part in PARTS}
        files = []
        for one in archive.files:
            folder, _, name = one.name.partition("/")
            part = parts.get(name.rpartition(".")[0]) if folder in {"csv", "json"} else None
            files.append(one.as_json() | (_told(part) if part else {}))
        return {
            "format": FORMAT,
            "format_version": VERSION,
            "language": self.asked.language.value,
            "business": {"name": self.company.name, "tax_number": self.company.tax_number},
            "asked_at": plain(self.asked.asked_at),
            "as_of": plain(self.asked.at),
            "csv": {
                "encoding": "UTF-8 with BOM",
                "separator": ",",
                "line_end": "CRLF",
                "standard": "RFC 4180",
            },
            "files": files,
            "left_out": _left_out(),
        }

    def _readme(self, archive: Archive) -> str:
        rows = {one.name: one.rows or 0 for one in archive.files}
        listed = [_listed(part, rows[f"csv/{part.name}.csv"]) for part in PARTS]
        return "\n".join([*_opening(self.company.name, self.asked.at), *listed, *_closing()])


def _columns(part: Part) -> tuple[str, ...]:
    return (*part.names, FILE) if part.model is Document else part.names


def _told(part: Part) -> dict[str, Any]:
    meanings = {name: export_words.meaning(part.name, name) for name in _columns(part)}
    return {"what": str(part.what), "columns": meanings}


def _left_out() -> dict[str, str]:
    columns = {
        f"{part.name}.{name}": str(why) for part in PARTS for name, why in part.left_out.items()
    }
    return columns | {_table(model): str(why) for model, why in LEFT_OUT.items()}


def _table(model: type[Model]) -> str:
    return model.__tablename__


def _listed(part: Part, rows: int) -> str:
    counted = ngettext("%(num)s row", "%(num)s rows", rows)
    return f"- {part.name}: {part.what} ({counted})"


def _path(code: str) -> str:
    return f"documents/{code}.pdf"


def _made(number: int) -> bytes | None:
    """Return the PDF of a document; None where nothing is left to say, or it cannot be set."""
    try:
        return shelf.pdf_of(number)
    except shelf.NotMade:
        return None


def _worded(letter: dict[str, Any] | None, kept: str | None) -> dict[str, Any]:
    """Return the words of a message that nobody needed before."""
    if kept is not None or letter is None:
        return {}
    said = Letter.from_json(letter)
    return {**asdict(compose(said)), "calendar": dates(said)}


def _headed(title: str, rule: str = "-") -> list[str]:
    return [title, rule * len(title)]


def _opening(business: str, at: datetime) -> list[str]:
    return [
        *_headed(gettext("Data of %(business)s", business=business), "="),
        "",
        gettext(
            "All that customer service holds on your business, as it stood on %(instant)s"
            " (universal time).",
            instant=at.strftime("%Y-%m-%d %H:%M"),
        ),
        gettext(
            "Your books, invoices and other work in the application itself are not among it:"
            " download them from the application."
        ),
        "",
        *_headed(gettext("What is here")),
        gettext(
            "Each table stands here twice: as CSV (folder csv), for spreadsheets, and as JSON"
            " (folder json), exactly as we hold it. The folder documents has the PDFs."
            " manifest.json says what each column means, and what was left out and why."
        ),
        "",
    ]


def _closing() -> list[str]:
    return [
        "",
        *_headed(gettext("To open the CSV files")),
        gettext(
            "They are in UTF-8, with commas between the cells (RFC 4180). If your spreadsheet shows"
            " everything in one column, import the file instead of opening it: in Excel, “Data”,"
            " then “From Text/CSV”. In a cell of text that begins with =, +, - or @, an apostrophe"
            " stands before it, so that no spreadsheet takes it for a formula; the JSON has it"
            " without."
        ),
        gettext(
            "Instants are in universal time (ISO 8601), days are written year-month-day, amounts"
            " are in cents."
        ),
        "",
        *_headed(gettext("To check that nothing was changed")),
        gettext(
            "In this folder, run “sha256sum -c SHA256SUMS” (Linux), or"
            " “shasum -a 256 -c SHA256SUMS” (macOS). On Windows compare with what"
            " “certutil -hashfile FILE SHA256” shows."
        ),
        "",
        gettext(
            "Passwords, session keys and the names of those who work for us are not here; our staff"
            " is told by role."
        ),
        "",
    ]
