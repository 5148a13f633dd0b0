"""The app: extensions, doors with their guards, error pages; nothing else."""

import hashlib
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response
from flask_babel import Babel
from flask_compress import Compress
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk import (
    access,
    account,
    clock,
    console,
    drawing,
    engine,
    errors,
    headers,
    help_center,
    labels,
    languages,
    legislations,
    sandbox,
    sign_in,
    supervision,
    timekeeping,
    verification,
)
from helpdesk.database import db, prepare
from helpdesk.limits import limiter
from helpdesk.queue import references
from helpdesk.rules.vocabulary import Language
from helpdesk.settings import ROOT, Mode, Payments, Settings

DOORS = (
    (sign_in.bp, access.anybody),
    (help_center.bp, access.anybody),
    (account.bp, access.customer),
    (console.bp, access.agent),
    (supervision.bp, access.supervisor),
    (verification.bp, access.anybody),
    (sandbox.bp, access.anybody),
)
LARGEST_FORM_BYTES = 256 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the web application for these settings; it does no work of its own yet."""
    app = Flask(
        "helpdesk",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path=f"/static/{_release(ROOT / 'static')}",
    )
    legislations.use(settings.legislations)
    _configure(app, settings)
    _extend(app, settings)
    for door, guard in DOORS:
        if door is sandbox.bp and settings.payments is not Payments.SANDBOX:
            continue
        app.register_blueprint(door)
        app.before_request_funcs.setdefault(door.name, []).insert(0, guard)
    errors.handle(app)
    headers.protect(app, https=settings.mode is Mode.PRODUCTION)
    return app


def _release(static: Path) -> str:
    """Return a short hash of the static files: a new release has new addresses for them."""
    digest = hashlib.sha256()
    for file in sorted(path for path in static.rglob("*") if path.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.mode is Mode.PRODUCTION
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=make_url(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine.options(settings),
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        MAX_FORM_PARTS=200,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        SESSION_COOKIE_NAME="preavis",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        RATELIMIT_STORAGE_URI=settings.limiter_storage,
        RATELIMIT_HEADERS_ENABLED=True,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_LEVEL=9,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "image/svg+xml"],
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]


def _close_file(response: Response) -> Response:
    """See that a static file is closed at the end; the compression that comes next forgets it."""
    close = getattr(response.response, "close", None)
    if response.direct_passthrough and close is not None:
        response.call_on_close(close)
    return response


def _extend(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    app.teardown_appcontext(engine.let_go)
    with app.app_context():
        prepare(db.engine)
        timekeeping.keep(db.engine)
    Babel(app, locale_selector=languages.choose)
    CSRFProtect(app)
    Compress(app)
    app.after_request(_close_file)
    limiter.init_app(app)
    access.sign_in_manager.init_app(app)
    app.jinja_env.filters.update(
        languages.FILTERS,
        word=labels.word,
        why=labels.why,
        term=labels.term,
        zone_time=labels.zone,
        drawn_wide=drawing.wide,
        drawn_tall=drawing.tall,
        written=references.written,
    )
    app.jinja_env.globals.update(
        service=settings.service_name,
        public_url=settings.public_url,
        LANGUAGES=languages.NAMES,
        language=languages.current,
        icon_of=labels.ICONS,
        now=clock.now,
        is_travelling=clock.is_travelling,
        Language=Language,
        legislation=legislations.of,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()  # Of this user, for the next start.
