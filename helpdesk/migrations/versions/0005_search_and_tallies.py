"""Words are found by a full-text index, and what supervisors count is kept counted.

Triggers feed both, so that every way of writing does, a bulk load too, and a rollback takes it back.
On PostgreSQL the tallies take changes that are added and never updated: no two writers wait for one
another. On SQLite there is one writer at a time, and the tallies are changed at once.

A later migration that rebuilds one of these tables on SQLite (`batch_alter_table`) does it by
`helpdesk.migrations.rebuild`: the triggers go with the old table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A phone number is found without its country as well, which has one to three digits.
PHONE = r"\+(\d)(\d)(\d)(\d{4,})"
NATIONAL = r"+\1\2\3\4 \2\3\4 \3\4 \4"
PUNCTUATION = r"[!-/:-@[-`{-~’]+"


def upgrade():
    is_postgres = op.get_bind().dialect.name == "postgresql"
    _indexes()
    op.create_table(
        "tallies",
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", "key", name="pk_tallies"),
    )
    op.create_table(
        "tally_changes",
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
    (_postgres if is_postgres else _sqlite)()


def downgrade():
    is_postgres = op.get_bind().dialect.name == "postgresql"
    (_no_postgres if is_postgres else _no_sqlite)()
    op.drop_table("tally_changes")
    op.drop_table("tallies")
    _old_indexes()


# ---- which rows are counted, under which key ------------------------------------------------------

KEYS_ON_POSTGRES = {
    "requests": "SELECT v.what, v.key FROM {rows} r CROSS JOIN LATERAL (VALUES"
    " ('requests', r.state || ' ' || r.channel || ' ' || r.country),"
    " ('filed', to_char(r.filed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') || ' ' || r.channel)"
    ") v (what, key)",
    "endings": "SELECT 'ends' AS what, to_char(r.effective_on, 'YYYY-MM-DD') AS key"
    " FROM {rows} r WHERE r.state = 'confirmed'",
    "messages": "SELECT 'messages' AS what, r.state || ' ' || r.kind AS key FROM {rows} r",
}
# On SQLite: what is counted, its key, in which rows; `of` is the row.
KEYS_ON_SQLITE = {
    "requests": (
        ("requests", "{of}.state || ' ' || {of}.channel || ' ' || {of}.country", "1"),
        ("filed", "substr({of}.filed_at, 1, 13) || ' ' || {of}.channel", "1"),
    ),
    "endings": (("ends", "{of}.effective_on", "{of}.state = 'confirmed'"),),
    "messages": (("messages", "{of}.state || ' ' || {of}.kind", "1"),),
}
COUNTED_COLUMNS = {
    "requests": ("state", "channel", "country", "filed_at"),
    "endings": ("state", "effective_on"),
    "messages": ("state", "kind"),
}


# ---- PostgreSQL ----------------------------------------------------------------------------------


def _postgres():
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    for name, language in (("simple", "simple"), ("french", "french"), ("spanish", "spanish")):
        stem = "simple"
        if language != "simple":
            stem = f"preavis_{name}_stem"
            # Without stop words: a business may be called La Une.
            op.execute(
                f"CREATE TEXT SEARCH DICTIONARY {stem} (TEMPLATE = snowball, LANGUAGE = {language})"
            )
        op.execute(f"CREATE TEXT SEARCH CONFIGURATION preavis_{name} (COPY = pg_catalog.{language})")
        op.execute(
            f"ALTER TEXT SEARCH CONFIGURATION preavis_{name}"
            f" ALTER MAPPING FOR asciiword, word, numword WITH unaccent, {stem}"
        )
    op.execute(
        f"""
        CREATE FUNCTION searchable_vector(words text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
          SELECT strip(
            to_tsvector('preavis_simple'::regconfig, apart || ' ' || joined)
            || to_tsvector('preavis_french'::regconfig, apart)
            || to_tsvector('preavis_spanish'::regconfig, apart))
          FROM (SELECT regexp_replace(spoken, '{PUNCTUATION}', ' ', 'g') AS apart,
                       regexp_replace(spoken, '{PUNCTUATION}', '', 'g') AS joined
                FROM (SELECT regexp_replace(words, '{PHONE}', '{NATIONAL}', 'g') AS spoken)
                  AS typed) AS said
        $$
        """
    )
    # A reference is taken as it is: the parser would see a number in some of them.
    vector = (
        "array_to_tsvector(ARRAY[lower({r}.reference)]::text[])"
        " || searchable_vector({r}.search_words)"
    )
    _searchable("requests", vector, ("reference", "search_words"))
    _searchable("companies", "searchable_vector({r}.search_words)", ("search_words",))
    for table, keys in KEYS_ON_POSTGRES.items():
        _tally_on_postgres(table, keys)
    # Which channel goes with which country and state: plans go by it.
    op.execute(
        "CREATE STATISTICS requests_kinds (mcv) ON state, channel, country FROM requests"
    )


def _searchable(table, vector, watched):
    """Make the index of a table, fed by it: rows by statement when they come or go, else singly."""
    index = f"searchable_{table}"
    op.execute(
        f"CREATE TABLE {index} (rowid integer CONSTRAINT pk_{index} PRIMARY KEY,"
        " words tsvector NOT NULL)"
    )
    select = f"SELECT r.id, {vector.format(r='r')} FROM"
    op.execute(f"INSERT INTO {index} {select} {table} r")
    # No pending list: what was just filed costs a search nothing.
    op.execute(f"CREATE INDEX ix_{index}_words ON {index} USING gin (words) WITH (fastupdate = off)")
    op.execute(
        f"""
        CREATE FUNCTION {index}_feed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            INSERT INTO {index} {select} new_rows r;
          ELSIF TG_OP = 'DELETE' THEN
            DELETE FROM {index} s USING old_rows r WHERE s.rowid = r.id;
          ELSE
            UPDATE {index} SET words = {vector.format(r='NEW')} WHERE rowid = NEW.id;
          END IF;
          RETURN NULL;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {index}_feed()"
    )
    op.execute(
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {index}_feed()"
    )
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in watched)
    op.execute(
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {', '.join(watched)} ON {table}"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {index}_feed()"
    )


def _tally_on_postgres(table, keys):
    new, old = keys.format(rows="new_rows"), keys.format(rows="old_rows")
    op.execute(
        "INSERT INTO tallies (what, key, number) SELECT what, key, count(*)"
        f" FROM ({keys.format(rows=table)}) AS rows GROUP BY what, key"
    )
    op.execute(
        f"""
        CREATE FUNCTION tally_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            INSERT INTO tally_changes (what, key, number)
            SELECT what, key, count(*) FROM ({new}) AS rows GROUP BY what, key;
          ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO tally_changes (what, key, number)
            SELECT what, key, -count(*) FROM ({old}) AS rows GROUP BY what, key;
          ELSE
            INSERT INTO tally_changes (what, key, number)
            SELECT what, key, sum(one)
            FROM (SELECT *, 1 AS one FROM ({new}) AS came
                  UNION ALL SELECT *, -1 FROM ({old}) AS went) AS rows
            GROUP BY what, key HAVING sum(one) <> 0;
          END IF;
          RETURN NULL;
        END $$
        """
    )
    tables = {
        "insert": "NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    }
    for when, given in tables.items():
        op.execute(
            f"CREATE TRIGGER tally_{table}_{when} AFTER {when} ON {table} REFERENCING {given}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION tally_{table}()"
        )


def _no_postgres():
    op.execute("DROP STATISTICS requests_kinds")
    for table in KEYS_ON_POSTGRES:
        op.execute(f"DROP FUNCTION tally_{table}() CASCADE")
    for table in ("requests", "companies"):
        op.execute(f"DROP FUNCTION searchable_{table}_feed() CASCADE")
        op.execute(f"DROP TABLE searchable_{table}")
    op.execute("DROP FUNCTION searchable_vector(text)")
    for name in ("simple", "french", "spanish"):
        op.execute(f"DROP TEXT SEARCH CONFIGURATION preavis_{name}")
    for name in ("french", "spanish"):
        op.execute(f"DROP TEXT SEARCH DICTIONARY preavis_{name}_stem")


# ---- SQLite --------------------------------------------------------------------------------------


def _sqlite():
    words = "search_terms(lower({r}.reference) || ' ' || {r}.search_words)"
    _searchable_on_sqlite("requests", words, ("reference", "search_words"))
    _searchable_on_sqlite("companies", "search_terms({r}.search_words)", ("search_words",))
    for table, counted in KEYS_ON_SQLITE.items():
        _tally_on_sqlite(table, counted)


def _searchable_on_sqlite(table, words, watched):
    index = f"searchable_{table}"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5(words, tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(
        f"INSERT INTO {index} (rowid, words) SELECT r.id, {words.format(r='r')} FROM {table} r"
    )
    op.execute(
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN"
        f" INSERT INTO {index} (rowid, words) VALUES (new.id, {words.format(r='new')}); END"
    )
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in watched)
    op.execute(
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {', '.join(watched)} ON {table}"
        f" WHEN {changed} BEGIN"
        f" UPDATE {index} SET words = {words.format(r='new')} WHERE rowid = new.id; END"
    )
    op.execute(
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN"
        f" DELETE FROM {index} WHERE rowid = old.id; END"
    )


def _tally_on_sqlite(table, counted):
    watched = COUNTED_COLUMNS[table]
    for what, key, where in counted:
        op.execute(
            f"INSERT INTO tallies (what, key, number) SELECT '{what}', {key.format(of=table)},"
            f" count(*) FROM {table} WHERE {where.format(of=table)} GROUP BY 2"
        )

    def move(row, number):
        return " ".join(
            f"INSERT INTO tallies (what, key, number) SELECT '{what}', {key.format(of=row)},"
            f" {number} WHERE {where.format(of=row)}"
            " ON CONFLICT (what, key) DO UPDATE SET number = number + excluded.number;"
            for what, key, where in counted
        )

    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in watched)
    moves = {
        "insert": f"AFTER INSERT ON {table} BEGIN {move('new', 1)} END",
        "delete": f"AFTER DELETE ON {table} BEGIN {move('old', -1)} END",
        "update": f"AFTER UPDATE OF {', '.join(watched)} ON {table} WHEN {changed}"
        f" BEGIN {move('old', -1)} {move('new', 1)} END",
    }
    for when, then in moves.items():
        op.execute(f"CREATE TRIGGER tally_{table}_{when} {then}")


def _no_sqlite():
    for table in KEYS_ON_SQLITE:
        for when in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER tally_{table}_{when}")
    for table in ("requests", "companies"):
        for when in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER searchable_{table}_{when}")
        op.execute(f"DROP TABLE searchable_{table}")


# ---- ordinary indexes ----------------------------------------------------------------------------

# Only rows that have one can be found by it: the others cost filing and processing nothing.
PARTIAL = (
    ("ix_requests_due", "requests", ["due_at", "id", "filed_at"], ["due_at"], "due_at IS NOT NULL"),
    ("ix_requests_company_id", "requests", ["company_id"], ["company_id"], "company_id IS NOT NULL"),
    ("ix_requests_person_id", "requests", ["person_id"], ["person_id"], "person_id IS NOT NULL"),
    (
        "ix_requests_linked_to_id",
        "requests",
        ["linked_to_id"],
        ["linked_to_id"],
        "linked_to_id IS NOT NULL",
    ),
    ("ix_requests_tax_number", "requests", ["tax_number"], ["tax_number"], "company_id IS NULL"),
    ("ix_requests_email", "requests", ["email"], ["email"], "company_id IS NULL"),
    ("ix_messages_company_id", "messages", ["company_id"], ["company_id"], "company_id IS NOT NULL"),
    ("ix_events_person_id", "events", ["person_id"], ["person_id"], "person_id IS NOT NULL"),
    ("ix_events_call_id", "events", ["call_id"], ["call_id"], "call_id IS NOT NULL"),
)
NEW = (
    ("ix_requests_channel", "requests", ["channel", "filed_at", "id"], None),
    ("ix_requests_country", "requests", ["country", "channel", "filed_at", "id"], None),
    ("ix_requests_failed", "requests", ["filed_at", "id"], "failure IS NOT NULL"),
    ("ix_endings_effective", "endings", ["state", "effective_on", "request_id"], None),
    ("ix_messages_kind", "messages", ["kind", "created_at", "id"], None),
    ("ix_messages_failed", "messages", ["created_at", "id"], "state = 'failed'"),
    ("ix_messages_ending_id", "messages", ["ending_id"], "ending_id IS NOT NULL"),
    ("ix_documents_ending_id", "documents", ["ending_id"], "ending_id IS NOT NULL"),
    ("ix_holds_lasting", "holds", ["set_at", "id"], "released_at IS NULL"),
)


def _indexes():
    for name, table, columns, _before, where in PARTIAL:
        op.drop_index(name, table)
        _create(name, table, columns, where)
    for name, table, columns, where in NEW:
        _create(name, table, columns, where)
    op.drop_index("ix_endings_effective_on", "endings")
    op.drop_index("ix_reviews_reason", "reviews")
    _create("ix_reviews_reason", "reviews", ["reason", "settled_at", "request_id"], None)


def _old_indexes():
    op.drop_index("ix_reviews_reason", "reviews")
    _create("ix_reviews_reason", "reviews", ["reason", "settled_at"], None)
    _create("ix_endings_effective_on", "endings", ["effective_on"], None)
    for name, table, _columns, _where in reversed(NEW):
        op.drop_index(name, table)
    for name, table, _columns, before, _where in reversed(PARTIAL):
        op.drop_index(name, table)
        _create(name, table, before, None)


def _create(name, table, columns, where):
    condition = sa.text(where) if where else None
    op.create_index(
        name, table, columns, postgresql_where=condition, sqlite_where=condition
    )
