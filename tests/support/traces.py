"""Find each trace that a company has left in a database, whatever the models say of it."""

import re
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import MetaData, create_engine, inspect, select

from helpdesk.rules.words import plain
from helpdesk.settings import Settings

TOLD = "zarzamora"
"""Stands in everything that anybody wrote about it."""
TRACES = (
    "zubizarreta",
    "itziar",
    "olabarria",
    "koldo",
    "mendizabal",
    "b58378431",
    "915550101",
    "915550102",
    "915550103",
    "sa-777",
    TOLD,
)


def everything(settings: Settings) -> dict[str, set[str]]:
    """Return every row of the real database, whatever the models say of it."""
    engine = create_engine(settings.database_url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: {repr(dict(row._mapping)) for row in connection.execute(select(table))}
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def traces(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Yield table, column and word for each trace of the company that leaves."""
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():  # noqa: S608
                for column, value in row.items():
                    said = _said(value)
                    yield from ((table, column, word) for word in TRACES if word in said)
    engine.dispose()


def _said(value: object) -> str:
    """Return what a value says, also a PDF, without spaces in numbers, accents or case."""
    if isinstance(value, bytes):
        is_pdf = value.startswith(b"%PDF")
        pages = PdfReader(BytesIO(value)).pages if is_pdf else ()
        text = "".join(page.extract_text() for page in pages) + value.decode("latin-1")
    else:
        text = str(value)
    return re.sub(r"(?<=\d)[ .]+(?=\d)", "", plain(text))
