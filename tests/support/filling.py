"""Many requests on PostgreSQL, by one statement a table: enough for plans to be looked at."""

from sqlalchemy import Engine, text

_COMPANIES = """
INSERT INTO companies (name, country, tax_number, zone, language, email, phone, search_words,
                       created_at)
SELECT name, 'FR', 'T' || i, 'Europe/Paris', 'fr', 'contact' || i || '@example.com', NULL,
       lower(name) || ' t' || i, '2025-01-15'
FROM (SELECT i, 'Boulangerie ' || substr(md5(i::text), 1, 6) AS name
      FROM generate_series(1, :count / 2) i) AS made
"""
_REQUESTS = """
INSERT INTO requests (version, kind, reference, filing_key, channel, state, filed_at, due_at, seal,
                      company_id, company_name, tax_number, country, requester_name, email,
                      language, authority, reason_text, asked, contracts, search_words)
SELECT 1, 'cancellation', 'R' || lpad(i::text, 8, '0'), i::text,
       (ARRAY['help_center', 'account', 'phone'])[1 + i % 3],
       CASE WHEN i % 200 = 0 THEN 'in_review' WHEN i < :count * 0.05 THEN 'confirmed'
            WHEN i < :count * 0.25 THEN 'ended' ELSE 'purged' END,
       timestamptz '2026-03-01' - i * interval '70 minutes',
       CASE WHEN i < :count * 0.25 THEN timestamptz '2026-03-01' + i * interval '1 hour' END,
       '', c.id, c.name, c.tax_number, c.country, 'Inès', 'ines' || i || '@example.com', 'fr',
       'account_holder', '', '', '', c.search_words || ' ines' || i || '@example.com'
FROM generate_series(1, :count) i JOIN companies c ON c.tax_number = 'T' || (1 + i % (:count / 2))
"""
_ENDINGS = """
INSERT INTO endings (request_id, product, contract, term_months, price_cents, terms_version_id,
                     state, zone, requested_on, notice_ends_on, effective_on, last_access_on,
                     access_ends_at, deleted_on, deletes_at, steps, done_until)
SELECT id, 'Essentials', '', 1, 2900, 1, state, 'Europe/Paris', on_, on_ + 30, on_ + 45, on_ + 44,
       on_ + 45, on_ + 250, on_ + 250, '[]', filed_at
FROM (SELECT *, filed_at::date AS on_ FROM requests) AS filed
"""
_EVENTS = """
INSERT INTO events (request_id, number, at, action, actor, to_state, why, digest, previous_hash,
                    hash)
SELECT r.id, n, r.filed_at, 'file', 'customer', 'received', '', '', '', ''
FROM requests r CROSS JOIN generate_series(1, 3) n
"""
_MESSAGES = """
INSERT INTO messages (key, request_id, kind, language, recipient, subject, text, html, message_id,
                      state, created_at, due_at)
SELECT r.id || '-' || n, r.id, 'reminder_7', 'fr', 'ines@example.com', 'Fin', 'Fin', 'Fin',
       r.id || '-' || n, CASE WHEN r.id % 500 = 0 THEN 'waiting' ELSE 'sent' END, r.filed_at,
       r.filed_at
FROM requests r CROSS JOIN generate_series(1, 2) n
"""
_REVIEWS = """
INSERT INTO reviews (request_id, reason, opened_at, settled_at)
SELECT id, 'duplicate', filed_at, CASE WHEN state = 'in_review' THEN NULL ELSE filed_at END
FROM requests WHERE id % 5 = 0 OR state = 'in_review'
"""


def fill(engine: Engine, count: int) -> None:
    """Fill an empty database with so many requests and what belongs to them."""
    with engine.begin() as connection:
        for sql in (_COMPANIES, _REQUESTS, _ENDINGS, _EVENTS, _MESSAGES, _REVIEWS):
            connection.execute(text(sql), {"count": count} if ":count" in sql else {})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
