"""What is deleted while somebody is at it is answered calmly, and nobody stays signed in."""

import pytest
from flask import Flask, request_started
from sqlalchemy import create_engine
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from helpdesk import access
from helpdesk.desk import callbacks
from helpdesk.directory.models import Person
from helpdesk.rules.vocabulary import Language
from tests.builders import A_MONDAY, an_agent
from tests.conftest import Page


def test_who_is_deleted_during_a_request_is_told_so_and_is_signed_out(
    app: Flask, session: Session, page: Page
) -> None:
    agent = an_agent(session)
    session.commit()
    name = agent.name
    page.sign_in(agent)
    engine = create_engine(app.config["SETTINGS"].database_url)

    def delete(_app: Flask, **_given: object) -> None:
        assert access.visitor()
        with engine.begin() as apart:
            apart.execute(delete_from(Person))
        engine.dispose()

    with request_started.connected_to(delete, app):
        answer = page.post("/language", {"language": "es"}, status=410)

    assert name not in answer.text
    page.get("/console/", 303)


def test_a_call_back_to_a_company_that_is_gone_is_not_kept(session: Session) -> None:
    nobody = callbacks.Wanted(
        company_id=1, person_id=1, phone="+34915550101", language=Language.SPANISH
    )

    with pytest.raises(NoResultFound):
        callbacks.ask(session, "es", nobody, A_MONDAY)
