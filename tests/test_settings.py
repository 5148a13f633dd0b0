from pathlib import Path

import pytest

from helpdesk.settings import Mode, SettingRefused, Settings

SECRET = "s" * 32


def read(**given: str) -> Settings:
    return Settings.from_environment({"HELPDESK_MODE": "demo", "SECRET_KEY": SECRET} | given)


def test_production_is_the_default_and_refuses_to_start_without_its_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingRefused, match="SECRET_KEY"):
        Settings.from_environment({"HELPDESK_DATA": str(tmp_path)})


@pytest.mark.parametrize("secret", ["", "short", "s" * 31])
@pytest.mark.parametrize("mode", ["production", "test"])
def test_a_short_secret_is_refused(mode: str, secret: str) -> None:
    with pytest.raises(SettingRefused, match="at least 32"):
        read(HELPDESK_MODE=mode, SECRET_KEY=secret)


def test_even_the_demo_refuses_a_short_secret_that_was_given() -> None:
    with pytest.raises(SettingRefused, match="at least 32"):
        read(SECRET_KEY="short")


def test_production_starts_with_its_secret_and_lets_no_demo_sign_in(tmp_path: Path) -> None:
    settings = read(HELPDESK_MODE="production", HELPDESK_DATA=str(tmp_path))

    assert (settings.mode, settings.secret_key) == (Mode.PRODUCTION, SECRET)
    assert not settings.is_demo
    assert list(tmp_path.iterdir()) == []


def test_the_demo_makes_its_own_secret_once_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "new" / "folder"
    environment = {"HELPDESK_MODE": "demo", "HELPDESK_DATA": str(data)}

    first, second = (Settings.from_environment(environment) for _ in range(2))

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (data / "secret-key").stat().st_mode & 0o077 == 0
    assert first.is_demo


def test_a_secret_cut_short_by_a_full_disk_is_not_signed_with(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("")

    with pytest.raises(SettingRefused, match="damaged"):
        Settings.from_environment({"HELPDESK_MODE": "demo", "HELPDESK_DATA": str(tmp_path)})


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = read(HELPDESK_DATA=str(tmp_path))

    assert settings.database_url == f"sqlite:///{tmp_path}/helpdesk.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.service_name == "Sage Active"
    assert settings.smtp_url is None
    assert settings.tick_seconds == 60
    assert settings.application_url is None


def test_the_product_s_address_names_the_contract() -> None:
    settings = read(APPLICATION_URL="https://app.example/open?contract={contract}")

    assert settings.application_url == "https://app.example/open?contract={contract}"


def test_what_is_set_is_taken() -> None:
    settings = read(
        PORT="9000",
        HOST="0.0.0.0",  # noqa: S104 (a value that is read, not listened on)
        PUBLIC_URL="https://helpdesk.example/",
        SMTP_URL="smtps://user:word@mail.example:465",
        DATABASE_URL="sqlite:////tmp/other.db",
        TICK_SECONDS="5",
        TRUSTED_PROXIES="1",
    )

    assert (settings.port, settings.tick_seconds, settings.trusted_proxies) == (9000, 5, 1)
    assert settings.public_url == "https://helpdesk.example"
    assert settings.smtp_url == "smtps://user:word@mail.example:465"
    assert settings.database_url == "sqlite:////tmp/other.db"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HELPDESK_MODE", "prod"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "eighty"),
        ("PORT", "８０"),
        ("PORT", "9" * 5000),
        ("TICK_SECONDS", "0"),
        ("TRUSTED_PROXIES", "6"),
        ("SMTP_TIMEOUT_SECONDS", "0"),
        ("DATABASE_URL", "mysql://host/base"),
        ("APPLICATION_URL", "app.example/{contract}"),
        ("APPLICATION_URL", "ftp://app.example/{contract}"),
        ("APPLICATION_URL", "https://app.example/"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example:port"),
        ("SMTP_URL", "smtp://[mail.example"),
        ("PUBLIC_URL", "helpdesk.example"),
        ("PUBLIC_URL", "ftp://helpdesk.example"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(name: str, text: str) -> None:
    with pytest.raises(SettingRefused, match=name):
        read(**{name: text})
