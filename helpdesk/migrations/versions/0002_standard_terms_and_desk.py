"""The terms in force and the Spanish desk with its hours (seed; rules §1, §2)."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SPLIT = [["09:00", "14:00"], ["15:00", "18:00"]]
FRIDAY = [["09:00", "15:00"]]
SUMMER = [["08:00", "15:00"]]
SEASONS = [
    {
        "name": "september_june",
        "first": [9, 1],
        "last": [6, 30],
        "week": [SPLIT, SPLIT, SPLIT, SPLIT, FRIDAY, [], []],
    },
    {
        "name": "july_august",
        "first": [7, 1],
        "last": [8, 31],
        "week": [SUMMER, SUMMER, SUMMER, SUMMER, SUMMER, [], []],
    },
]
FROM = datetime.date(2020, 1, 1)

terms = sa.table(
    "terms_versions",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("valid_from", sa.Date),
    sa.column("notice_days", sa.Integer),
    sa.column("retention_months", sa.Integer),
)
desks = sa.table(
    "desks",
    sa.column("id", sa.Integer),
    sa.column("code", sa.String),
    sa.column("name", sa.String),
    sa.column("phone", sa.String),
    sa.column("zone", sa.String),
)
hours = sa.table(
    "hours_versions",
    sa.column("desk_id", sa.Integer),
    sa.column("valid_from", sa.Date),
    sa.column("seasons", sa.JSON),
)


def upgrade():
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(desks)):
        return  # Up again after a downgrade: they have stayed.
    op.bulk_insert(
        terms,
        [
            {
                "id": 1,
                "name": "2020-01",
                "valid_from": FROM,
                "notice_days": 30,
                "retention_months": 6,
            }
        ],
    )
    op.bulk_insert(
        desks,
        [
            {
                "id": 1,
                "code": "es",
                "name": "Atención al cliente, España",
                "phone": "+34919161717",
                "zone": "Europe/Madrid",
            }
        ],
    )
    op.bulk_insert(hours, [{"desk_id": 1, "valid_from": FROM, "seasons": SEASONS}])


def downgrade():
    """Leave the rows, since others may point at them; they go with their tables."""
