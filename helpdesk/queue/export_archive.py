"""The ZIP of an export: files that know their size and hash, tables as CSV and as JSON.

Nothing is held whole in memory: what is being written lies in files without a name, of which
nothing is left when the process dies.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Row = Mapping[str, Any]
FORMULA = frozenset("=+-@＝＋－＠")
BLANK = frozenset("\t\r\n")
_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the archive, as it was written; `rows` for a table."""

    name: str
    size: int
    sha256: str
    rows: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest lists it."""
        counted = {} if self.rows is None else {"rows": self.rows}
        return {"name": self.name, **counted, "bytes": self.size, "sha256": self.sha256}


class _Entry:
    """A file while it is being written."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target, self.size, self.digest = target, 0, hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Write on."""
        self.size += len(content)
        self.digest.update(content)
        return self.target.write(content)


class Archive:
    """A ZIP that grows file by file, each dated with the instant of the whole."""

    def __init__(self, file: IO[bytes], at: datetime) -> None:
        self.at = at.astimezone(UTC)
        self.files: list[Written] = []
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Write a whole file."""
        with self._entry(name) as entry:
            entry.write(content)

    def add_table(self, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Write a table twice: as JSON, exactly; as CSV, for spreadsheets."""
        count = 0
        with TemporaryFile() as spool:
            with self._entry(f"json/{name}.json") as entry, _sheet(spool) as sheet:
                sheet.writerow(columns)
                for row in rows:
                    entry.write(b",\n" if count else b"[\n")
                    entry.write(_json({one: row[one] for one in columns}).encode())
                    sheet.writerow([cell(row[one]) for one in columns])
                    count += 1
                entry.write(b"\n]\n" if count else b"[]\n")
            spool.seek(0)
            with self._entry(f"csv/{name}.csv") as entry:
                shutil.copyfileobj(spool, entry)
        self.files[-2:] = [
            Written(one.name, one.size, one.sha256, count) for one in self.files[-2:]
        ]

    @contextmanager
    def _entry(self, name: str) -> Iterator[_Entry]:
        info = ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type, info.external_attr = ZIP_DEFLATED, _READABLE
        with self._zip.open(info, "w") as target:
            entry = _Entry(target)
            yield entry
        self.files.append(Written(name, entry.size, entry.digest.hexdigest()))


@contextmanager
def _sheet(spool: IO[bytes]) -> Iterator[Any]:
    """Write CSV as RFC 4180 has it, with the mark by which spreadsheets know UTF-8."""
    text = TextIOWrapper(spool, encoding="utf-8-sig", newline="")
    yield csv.writer(text, lineterminator="\r\n")
    text.detach()


def cell(value: Any) -> str:
    """Return a value as a cell of a spreadsheet: never a formula, whoever typed it."""
    value = plain(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value) if type(value) is int else _json(value)
    is_formula = value[:1] in BLANK or value.lstrip()[:1] in FORMULA
    return f"'{value}" if value and is_formula else value


def plain(value: Any) -> Any:
    """Return a value as JSON has it: instants in UTC, days, words of the vocabulary as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=plain)
