from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.rules.months import month_day
from helpdesk.rules.notice import Notice, Terms, give_notice, last_day_for_same_end, later_end

ZONES = (
    "Europe/Paris",
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/Havana",
    "Asia/Beirut",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
terms = st.builds(
    Terms,
    anchor_on=st.dates(date(2000, 1, 1), date(2061, 1, 1)),
    term_months=st.integers(1, 40),
    retention_months=st.integers(1, 24),
)
many = settings(deadline=None, max_examples=150)


def slowly(notice: Notice, of: Terms) -> date:
    """Return the effective date by trying each renewal in turn, without any cleverness."""
    n = 0
    while (day := month_day(of.anchor_on, n * of.term_months)) < notice.notice_ends_on:
        n += 1
    return day


@many
@given(instants, zones, terms)
def test_the_end_is_the_first_renewal_after_thirty_whole_days(
    at: datetime, zone: ZoneInfo, of: Terms
) -> None:
    notice = give_notice(at, zone, of)

    assert notice.effective_on - notice.requested_on >= timedelta(days=30)
    assert notice.effective_on == slowly(notice, of)
    assert notice.last_access_on == notice.effective_on - timedelta(days=1)


@many
@given(instants, instants, zones, terms)
def test_asking_earlier_never_ends_later(
    one: datetime, other: datetime, zone: ZoneInfo, of: Terms
) -> None:
    earlier, later = (give_notice(at, zone, of) for at in sorted((one, other)))

    assert earlier.effective_on <= later.effective_on
    assert earlier.access_ends_at <= later.access_ends_at
    assert earlier.deletes_at <= later.deletes_at


@many
@given(instants, zones, terms)
def test_access_ends_with_the_first_instant_of_the_local_day(
    at: datetime, zone: ZoneInfo, of: Terms
) -> None:
    notice = give_notice(at, zone, of)

    for day, instant in (
        (notice.effective_on, notice.access_ends_at),
        (notice.deleted_on, notice.deletes_at),
    ):
        before = instant - timedelta(microseconds=1)
        assert instant.astimezone(zone).date() >= day > before.astimezone(zone).date()


@many
@given(instants, zones, terms)
def test_the_last_day_for_the_same_end_is_the_last(at: datetime, zone: ZoneInfo, of: Terms) -> None:
    notice = give_notice(at, zone, of)
    last = last_day_for_same_end(notice, of)
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=ZoneInfo("Europe/Paris"))

    same = give_notice(noon, ZoneInfo("Europe/Paris"), of)
    next_one = give_notice(noon + timedelta(days=1), ZoneInfo("Europe/Paris"), of)

    assert last >= notice.requested_on
    assert same.effective_on == notice.effective_on
    assert next_one.effective_on == later_end(notice, of) > notice.effective_on


@many
@given(instants, zones, terms)
def test_data_is_kept_for_its_whole_months(at: datetime, zone: ZoneInfo, of: Terms) -> None:
    notice = give_notice(at, zone, of)

    kept_to = month_day(notice.effective_on, of.retention_months)

    assert kept_to <= notice.deleted_on <= kept_to + timedelta(days=1)
