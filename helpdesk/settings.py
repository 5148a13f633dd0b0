"""Every setting, read once from the environment into one frozen value.

Production is the default mode, and refuses to start without its secret; the demo makes its own.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from helpdesk import legislations
from helpdesk.rules.legislation import LegislationRefused

SHORTEST_SECRET = 32
ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """How safe the installation must be: production refuses what the demo allows."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Payments(StrEnum):
    """Who takes the payments: nobody (people contact us), or the sandbox of the demo."""

    NONE = "none"
    SANDBOX = "sandbox"


class SettingRefused(Exception):
    """A setting is missing or wrong; the message says which, and what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can choose; `docs/settings.md` lists each with its variable."""

    mode: Mode
    secret_key: str
    data: Path
    database_url: str
    database_connections: int = 12
    statement_timeout_seconds: int = 20
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    service_name: str = "Sage Active"
    smtp_url: str | None = None
    mail_from: str = "preavis@helpdesk.example"
    smtp_timeout_seconds: int = 10
    tick_seconds: int = 60
    trusted_proxies: int = 0
    limiter_storage: str = "memory://"
    application_url: str | None = None
    legislations: Path | None = None
    payments: Payments = Payments.NONE

    @property
    def is_demo(self) -> bool:
        """Say whether the demo's sign-ins may enter (tests use them too)."""
        return self.mode in {Mode.DEMO, Mode.TEST}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raises SettingRefused with one plain sentence."""
        env = os.environ if environment is None else environment
        mode = _mode(env)
        data = Path(env.get("HELPDESK_DATA") or ROOT / "instance").absolute()
        port = _integer(env, "PORT", 8000, 0, 65535)
        host = env.get("HOST", "127.0.0.1")
        return cls(
            mode=mode,
            secret_key=_secret(env, mode, data),
            data=data,
            database_url=_database(env, data),
            database_connections=_integer(env, "DATABASE_CONNECTIONS", 12, 4, 1000),
            statement_timeout_seconds=_integer(env, "STATEMENT_TIMEOUT_SECONDS", 20, 0, 3600),
            host=host,
            port=port,
            public_url=_public_url(env, host, port),
            service_name=env.get("SERVICE_NAME", "Sage Active"),
            smtp_url=_smtp(env),
            mail_from=env.get("MAIL_FROM", "preavis@helpdesk.example"),
            smtp_timeout_seconds=_integer(env, "SMTP_TIMEOUT_SECONDS", 10, 1, 600),
            tick_seconds=_integer(env, "TICK_SECONDS", 60, 1, 3600),
            trusted_proxies=_integer(env, "TRUSTED_PROXIES", 0, 0, 5),
            limiter_storage=env.get("LIMITER_STORAGE", "memory://"),
            application_url=_application(env),
            legislations=_legislations(env),
            payments=_payments(env, mode),
        )


def environment_with(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment and more, for another program that it runs."""
    return {**os.environ, **more}


def _mode(env: Mapping[str, str]) -> Mode:
    try:
        return Mode(env.get("HELPDESK_MODE", "production"))
    except ValueError:
        raise SettingRefused("HELPDESK_MODE must be production, demo or test.") from None


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise SettingRefused(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _secret(env: Mapping[str, str], mode: Mode, data: Path) -> str:
    """Return the signing secret; only the demo may make its own, kept beside its data."""
    given = env.get("SECRET_KEY", "")
    if len(given) >= SHORTEST_SECRET:
        return given
    if mode is not Mode.DEMO or given:
        raise SettingRefused(
            f"SECRET_KEY must be set, with at least {SHORTEST_SECRET} characters."
            " For the demo, set HELPDESK_MODE=demo instead."
        )
    return _own_secret(data)


def _own_secret(data: Path) -> str:
    kept = data / "secret-key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    secret = kept.read_text()
    if len(secret) < SHORTEST_SECRET:
        raise SettingRefused(f"{kept} is damaged: remove it, and everybody signs in again.")
    return secret


def _database(env: Mapping[str, str], data: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{data / 'helpdesk.db'}"
    check_database(url, "DATABASE_URL")
    return url


def check_database(url: str, name: str) -> None:
    """Refuse the address of a database of no kind that we know, without repeating its password."""
    if url.startswith("sqlite:///"):
        return
    if not url.startswith("postgresql+psycopg://"):
        raise SettingRefused(f"{name} must begin with sqlite:/// or postgresql+psycopg://.")
    _check_address(
        url, name, "postgresql+psycopg", "postgresql+psycopg://user:password@host:5432/database"
    )


def _public_url(env: Mapping[str, str], host: str, port: int) -> str:
    url = env.get("PUBLIC_URL")
    if url is None:
        return f"http://{host}:{port}"
    _check_address(url, "PUBLIC_URL", "http", "https://helpdesk.example.com")
    return url.rstrip("/")


def _smtp(env: Mapping[str, str]) -> str | None:
    url = env.get("SMTP_URL") or None
    if url is not None:
        _check_address(url, "SMTP_URL", "smtp", "smtp://user:password@host:port")
    return url


def _application(env: Mapping[str, str]) -> str | None:
    url = env.get("APPLICATION_URL") or None
    if url is not None:
        example = "https://app.example.com/{contract}"
        _check_address(url, "APPLICATION_URL", "http", example)
        if "{contract}" not in url:
            raise SettingRefused(f"APPLICATION_URL must look like {example}.")
    return url


def _payments(env: Mapping[str, str], mode: Mode) -> Payments:
    """Return who takes the payments; the sandbox takes any answer for money, so not for real."""
    is_real = mode is Mode.PRODUCTION
    offered = [one for one in Payments if one is not Payments.SANDBOX or not is_real]
    try:
        wanted = Payments(env.get("PAYMENTS") or (Payments.NONE if is_real else Payments.SANDBOX))
    except ValueError:
        wanted = None
    if wanted not in offered:
        names = " or ".join(offered)
        raise SettingRefused(f"PAYMENTS must be {names} with HELPDESK_MODE={mode}.")
    return wanted


def _legislations(env: Mapping[str, str]) -> Path | None:
    given = env.get("LEGISLATIONS")
    folder = Path(given).absolute() if given else None
    try:
        legislations.read(folder)
    except LegislationRefused as refused:
        raise SettingRefused(str(refused)) from None
    return folder


def _check_address(url: str, name: str, scheme: str, example: str) -> None:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {scheme, f"{scheme}s"} and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise SettingRefused(f"{name} must look like {example}.")
