"""Full-text search by each engine's own means: FTS5 on SQLite, tsvector on PostgreSQL.

Triggers keep one index beside each table that is searched (migration 0005), so that whatever writes
a row feeds it, and a row that changes otherwise leaves it alone. Here is the one difference between
the engines: how a question is put. On both each word must be there: whole, begun, or by its stem.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from helpdesk.rules import words

LONGEST_SEARCH = 200
"""What is typed beyond it is not looked at: a database refuses what is far longer."""
MOST_WORDS = 8

REQUESTS = table("searchable_requests", column("rowid", Integer), column("words", Text))
"""The words and the reference of each request, under its number."""
COMPANIES = table("searchable_companies", column("rowid", Integer), column("words", Text))
"""The words of each company, under its number."""

Word = Sequence[str]
"""The parts of one word as it was typed: `l’étoile` has two, most have one."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How an engine writes a word, one that was only begun, and several of them."""

    word: str
    begun: str
    both: str
    either: str

    def ways(self, word: Word, *, is_alone: bool) -> list[str]:
        """Return the ways to find one word: begun with all of it, or its parts, whole.

        One sign among other words is a word: what begins with it is nearly everything.
        """
        joined = "".join(word)
        all_of_it = (self.begun if is_alone or len(joined) > 1 else self.word).format(joined)
        parts = self.both.join(self.word.format(part) for part in word)
        return [all_of_it, f"({parts})"] if len(word) > 1 else [all_of_it]


FTS5 = Grammar('"{}"', '"{}"*', " AND ", " OR ")
POSTGRES = Grammar("'{}'", "'{}':*", " & ", " | ")
CONFIGURATIONS = ("preavis_french", "preavis_spanish")


def found(session: Session, index: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Return the condition that an index's words have all that was typed; signs alone find nothing.

    What was typed is never part of the language of a search: only its letters and digits are.
    """
    every = words.plain(typed[:LONGEST_SEARCH]).split()[:MOST_WORDS]
    said = [parts for one in every if (parts := words.parts(one))]
    if not said:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        return index.op("MATCH", is_comparison=True)(_fts5(said))
    return index.op("@@", is_comparison=True)(_tsquery(said))


def forget(session: Session) -> None:
    """Let go of the words of rows that are deleted: FTS5 keeps them until it merges its segments.

    PostgreSQL has let them go with their rows.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.flush()
        for index in (REQUESTS.name, COMPANIES.name):
            session.execute(text(f"INSERT INTO {index} ({index}) VALUES ('optimize')"))  # noqa: S608


def _fts5(said: Sequence[Word]) -> str:
    def one(word: Word) -> str:
        stems = words.stems(word[0]) if len(word) == 1 else ()
        ways = FTS5.ways(word, is_alone=len(said) == 1)
        return FTS5.either.join([*ways, *(FTS5.word.format(stem) for stem in stems)])

    every = FTS5.both.join(f"({one(word)})" for word in said)
    return FTS5.either.join([f"({every})", *FTS5.ways(_whole(said), is_alone=True)])


def _tsquery(said: Sequence[Word]) -> ColumnElement[Any]:
    def one(word: Word) -> ColumnElement[Any]:
        stems = CONFIGURATIONS if len(word) == 1 and word[0].isalpha() else ()
        typed = _written(POSTGRES.ways(word, is_alone=len(said) == 1))
        return reduce(_or, (_stem(name, word[0]) for name in stems), typed)

    every = reduce(lambda one, two: one.op("&&")(two), map(one, said))
    if len(said) == 1:
        return every
    return _or(every, _written(POSTGRES.ways(_whole(said), is_alone=True)))


def _written(ways: Sequence[str]) -> ColumnElement[Any]:
    return cast(literal(POSTGRES.either.join(ways), Text), TSQUERY)


def _stem(configuration: str, part: str) -> ColumnElement[Any]:
    # Written out: a configuration that is given would be looked up again for each row.
    return func.to_tsquery(literal_column(f"'{configuration}'::regconfig"), literal(part, Text))


def _or(one: ColumnElement[Any], two: ColumnElement[Any]) -> ColumnElement[Any]:
    return one.op("||")(two)


def _whole(said: Sequence[Word]) -> Word:
    """Return all that was typed as one word: tax numbers and references have spaces in them."""
    return ["".join(part for word in said for part in word)]
