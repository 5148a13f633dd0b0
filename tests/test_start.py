"""What a command needs before it can begin."""

from collections.abc import Callable
from pathlib import Path

from helpdesk import legislations
from tests.support.commands import Ended
from tests.support.countries import portugal


def test_a_new_installation_needs_no_other_command_first(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/new/folder/helpdesk.db"

    ended = run(
        "users create m@desk.example --name M --role admin --password long-enough-1",
        DATABASE_URL=database,
    )

    assert (ended.code, ended.err) == (0, "")


def test_a_country_whose_phone_nobody_answers_stops_the_start(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    portugal(tmp_path, desk="pt")

    try:
        ended = run("process", LEGISLATIONS=str(tmp_path))
    finally:
        legislations.use(None)

    assert ended.code == 2
    assert "PT.toml: phone.desk must be one of the desks there are (es), not pt." in ended.err
