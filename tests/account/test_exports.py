"""Collecting the data as the business’s people do it, in the account."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.directory.models import Person
from helpdesk.queue import export
from helpdesk.queue.records import Export
from helpdesk.rules.vocabulary import ExportState, Language
from tests.account.conftest import Account
from tests.support.exports import Opened, asked, content, row

LIST = "/account/exports"
A_WEEK = timedelta(days=7)


def ready(account: Account, who: Person | None = None) -> str:
    """Have an export made a moment ago; return the address of its page."""
    key = asked(account.company, who or account.holder, clock.now())
    export.make_due(clock.now())
    return f"{LIST}/{key}"


def collected(account: Account) -> str:
    """Ask for the data with the button; return the address that this leads to."""
    account.page.get(LIST)
    return str(account.page.post(LIST).location)


def download(account: Account, page: str) -> TestResponse:
    """Return the file itself, as it comes."""
    answer = account.page.client.get(f"{page}/download", headers={"Accept-Encoding": "br, gzip"})
    assert answer.status_code == 200
    return answer


def test_from_the_account_to_the_file_on_one_s_own_disk(account: Account) -> None:
    account.enter(account.holder)
    assert f'href="{LIST}"' in account.page.get("/account/").text

    page = collected(account)
    waiting = account.page.get(page).text
    assert "Vos données vont être rassemblées dans un instant." in waiting
    assert f'data-hx-get="{page}/progress"' in waiting
    assert f'href="{page}"' in waiting  # Without a script one looks again.
    assert account.page.get(f"{page}/download", 303).location == page

    export.make_due(clock.now())
    done = account.page.get(page).text
    answer = download(account, page)

    made = row(account.session, page.rpartition("/")[2])
    assert "Vos données sont prêtes." in done
    assert f'href="{page}/download"' in done
    assert made.sha256
    assert made.sha256 in done
    assert answer.data == content(account.session, made.key)
    assert Opened(answer.data).json("companies")[0]["name"] == "Boulangerie Delorme"


def test_the_file_comes_whole_named_and_is_kept_by_no_cache(account: Account) -> None:
    page = ready(account.enter(account.holder))

    answer = download(account, page)

    assert answer.content_type == "application/zip"
    assert answer.content_length == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    today = clock.now().astimezone(ZoneInfo(account.company.zone))
    name = f"preavis-{account.company.tax_number}-{today:%Y-%m}"
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={name}")


def test_how_far_it_is_shows_by_itself(account: Account) -> None:
    page = collected(account.enter(account.holder))
    account.session.execute(
        update(Export).values(state=ExportState.MAKING, done=1250, total=10_000)
    )
    account.session.commit()

    part = account.page.client.get(f"{page}/progress").text

    assert "Vos données sont en cours de rassemblement." in part
    assert "1\u202f250 éléments sur 10\u202f000" in part
    assert 'max="10000" value="1250"' in part
    assert "<html" not in part


def test_a_second_click_and_a_colleague_s_find_the_same_one(account: Account) -> None:
    first = collected(account.enter(account.holder))
    account.page.get(LIST)
    again = str(account.page.post(LIST).location)
    colleague = collected(account.enter(account.manager))

    assert first == again == colleague
    assert "Voir l’avancement" in account.page.get(LIST).text


def test_without_authority_one_is_told_who_can(account: Account) -> None:
    page = ready(account)
    account.enter(account.colleague)

    for address in (LIST, page, f"{page}/progress", f"{page}/download"):
        refused = account.page.get(address, 403).text
        assert "Inès Delorme" in refused
        assert "Hugo Delorme" in refused
    account.page.post(LIST, status=403)


def test_another_company_s_does_not_exist(account: Account) -> None:
    page = ready(account)
    account.enter(account.stranger)

    for address in (page, f"{page}/progress", f"{page}/download"):
        account.page.get(address, 404)
    assert page not in account.page.get(LIST).text


def test_who_has_lost_the_authority_cannot_download_any_more(account: Account) -> None:
    page = ready(account.enter(account.manager), account.manager)
    account.colleague.authority, account.manager.authority = (
        account.manager.authority,
        account.colleague.authority,
    )
    account.session.commit()

    account.page.get(f"{page}/download", 403)
    assert download(account.enter(account.colleague), page).data


def test_after_seven_days_the_page_says_so_and_offers_to_collect_again(
    account: Account, travel
) -> None:
    page = ready(account.enter(account.holder))
    travel(clock.now() + A_WEEK)

    for address in (page, f"{page}/download"):
        gone = account.page.get(address, 410).text
        assert "Ce téléchargement a expiré, et son fichier a été retiré." in gone
        assert f'action="{LIST}"' in gone
    assert "Expiré" in account.page.get(LIST).text


def test_too_often_within_a_day_leaves_what_is_there(account: Account) -> None:
    account.enter(account.holder)
    pages = [ready(account) for _ in range(export.MOST_A_DAY)]
    account.page.get(LIST)

    refused = account.page.post(LIST, status=429).text

    assert "plusieurs fois en une journée" in refused
    assert all(f'href="{page}"' in refused for page in pages)
    account.session.rollback()
    assert len(account.session.scalars(select(Export)).all()) == export.MOST_A_DAY


@pytest.mark.parametrize(
    ("language", "words"),
    [(Language.SPANISH, "Sus datos están listos."), (Language.ENGLISH, "Your data is ready.")],
)
def test_it_is_there_in_the_language_of_who_asks(
    account: Account, language: Language, words: str
) -> None:
    account.holder.language = language
    account.session.commit()
    page = ready(account.enter(account.holder))

    assert words in account.page.get(page).text


def test_it_works_during_notice_and_after_the_end(account: Account, travel) -> None:
    request = account.cancelled(at=clock.now())
    account.enter(account.holder)
    assert download(account, ready(account)).data
    ending = request.endings[0]
    account.subscription().ended_at = ending.access_ends_at
    ending.state = request.state = type(ending.state).ENDED
    account.session.commit()
    travel(ending.deletes_at - timedelta(hours=1))
    account.enter(account.holder)

    opened = Opened(download(account, ready(account)).data)

    assert opened.json("endings")[0]["state"] == "ended"
