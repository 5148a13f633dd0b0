"""Sign in, sign out, choose a language."""

from urllib.parse import urlsplit

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_user, logout_user

from helpdesk import access, languages, passwords
from helpdesk.database import db, transaction
from helpdesk.directory import find
from helpdesk.directory.models import Person
from helpdesk.limits import SIGN_IN, limiter
from helpdesk.rules.vocabulary import Language, Role
from helpdesk.sign_in import bp, demo
from helpdesk.sign_in.forms import SignInForm

HOMES = {
    Role.CUSTOMER: "help_center.start",
    Role.AGENT: "console.line",
    Role.SUPERVISOR: "supervision.overview",
    Role.ADMIN: "supervision.overview",
}
A_YEAR = 365 * 24 * 3600


@bp.get("/")
def home() -> ResponseReturnValue:
    """Lead each visitor to their own first page."""
    visitor = access.visitor()
    return redirect(url_for(HOMES[visitor.role] if visitor else "help_center.start"), 303)


@bp.get("/sign-in")
def show() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    if access.visitor():
        return redirect(url_for("sign_in.home"), 303)
    form = SignInForm(next=request.args.get("next", ""))
    return _page(form)


@bp.post("/sign-in")
@limiter.limit(SIGN_IN)
def create() -> ResponseReturnValue:
    """Sign somebody in; what was wrong is never said apart from the pair being wrong."""
    form = SignInForm()
    if form.validate():
        found = _person(form.email.data or "", form.password.data or "")
        if found:
            session.permanent = True
            session[languages.COOKIE] = found.language.value
            login_user(found)
            return redirect(_local(form.next.data) or url_for("sign_in.home"), 303)
        form.refuse(
            form.password, gettext("E-mail and password do not match. Check both and try again.")
        )
    return _page(form), 400


@bp.post("/sign-out")
def delete() -> ResponseReturnValue:
    """Sign out and forget what the session held."""
    logout_user()
    session.clear()
    response = redirect(url_for("help_center.start"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the chosen language, for this browser and for the person signed in."""
    chosen = request.form.get("language", "")
    if chosen not in set(Language):
        abort(400)
    person = access.visitor()
    if person:
        number = person.id
        with transaction() as writing:
            locked = {"of": Person, "key_share": True}
            writing.get_one(Person, number, with_for_update=locked).language = Language(chosen)
    response = redirect(_local(request.form.get("next", "")) or url_for("sign_in.home"), 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        languages.COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure
    )
    return response


def _page(form: SignInForm) -> str:
    shown = demo.SIGN_INS if current_app.config["SETTINGS"].is_demo else ()
    return render_template(
        "sign_in/sign_in.html", form=form, demo=shown, demo_password=demo.PASSWORD
    )


def _person(email: str, password: str) -> Person | None:
    found = find.person_by_email(db.session(), email)
    allowed = found is None or not found.is_demo or current_app.config["SETTINGS"].is_demo
    fits = passwords.fits(password, found.password_hash if found and allowed else None)
    return found if fits else None


def _local(target: str | None) -> str | None:
    """Return a path of ours to go to; None for any other address."""
    try:
        parts = urlsplit(target or "")
    except ValueError:
        return None
    path = (target or "").startswith("/") and not (target or "").startswith(("//", "/\\"))
    return target if path and not parts.scheme and not parts.netloc else None
