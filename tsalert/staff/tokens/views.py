"""Pages of tokens: an officer's own, and those of programs."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.presence import asks_presence
from tsalert.staff.tokens import queries, rules, service
from tsalert.staff.tokens.rules import Scope
from tsalert.staff.tokens.schemas import NewServiceAccountSchema, NewTokenSchema
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("tokens", __name__)


@bp.get("/account/tokens")
@signed_in
def list_own_tokens() -> ResponseReturnValue:
    """Show an officer's own tokens, and the form for another."""
    actor, now = current_actor(), utc_now()
    held = queries.tokens_of(db.session(), actor.officer_id or 0, now=now)
    offered = _offered(scope for scope in Scope if rules.ALLOWED[scope] & actor.permissions)
    return render_template("tokens/own.html", tokens=held, offered=offered, days=rules.USUAL_LIFE_DAYS)


@bp.post("/account/tokens")
@signed_in
@redisplays(list_own_tokens)
@asks_presence
def make_own_token() -> ResponseReturnValue:
    """Make a token of one's own and show it, this once."""
    new = load_form(NewTokenSchema())
    _, token = service.make_own(new, actor=current_actor(), now=utc_now())
    return _made(new.name, token, url_for(".list_own_tokens"))


@bp.post("/account/tokens/<int:token_id>/end")
@signed_in
@refuses_on(lambda **_: list_own_tokens())
def end_own_token(token_id: int) -> ResponseReturnValue:
    """End a token of one's own."""
    service.end_token(token_id, actor=current_actor(), now=utc_now())
    flash("The token is ended.", "success")
    return redirect(url_for(".list_own_tokens"), 303)


@bp.get("/service-accounts")
@requires(Permission.CONNECT_PROGRAMS)
def list_accounts() -> ResponseReturnValue:
    """Show the accounts of programs, the form for another, and every token that is good."""
    session = db.session()
    held = queries.good_tokens(session, now=utc_now())
    return render_template("tokens/accounts.html", accounts=queries.list_accounts(session), tokens=held)


@bp.post("/service-accounts")
@requires(Permission.CONNECT_PROGRAMS)
@redisplays(list_accounts)
def make_account() -> ResponseReturnValue:
    """Make an account for a program and show it."""
    account_id = service.make_account(**load_form(NewServiceAccountSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_account", account_id=account_id), 303)


@bp.get("/service-accounts/<int:account_id>")
@requires(Permission.CONNECT_PROGRAMS)
def show_account(account_id: int) -> ResponseReturnValue:
    """Show the account of a program, its tokens and the form for another."""
    session = db.session()
    account = queries.get_account(session, account_id)
    return render_template(
        "tokens/account.html",
        account=account,
        tokens=queries.tokens_of(session, account.id, now=utc_now()),
        offered=_offered(rules.FOR_PROGRAMS),
        days=rules.USUAL_LIFE_DAYS,
    )


@bp.post("/service-accounts/<int:account_id>/tokens")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_account)
@redisplays(show_account)
@asks_presence
def make_program_token(account_id: int) -> ResponseReturnValue:
    """Give a program a token and show it, this once."""
    new = load_form(NewTokenSchema())
    _, token = service.make_for_program(account_id, new, actor=current_actor(), now=utc_now())
    return _made(new.name, token, url_for(".show_account", account_id=account_id))


@bp.post("/service-accounts/<int:account_id>/end")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(show_account)
def end_account(account_id: int) -> ResponseReturnValue:
    """Shut a program out for good."""
    service.end_account(account_id, actor=current_actor(), now=utc_now())
    flash("The program is shut out, and its tokens are ended.", "success")
    return redirect(url_for(".show_account", account_id=account_id), 303)


@bp.post("/tokens/<int:token_id>/end")
@requires(Permission.CONNECT_PROGRAMS)
@refuses_on(lambda **_: list_accounts())
def end_token(token_id: int) -> ResponseReturnValue:
    """End anybody's token."""
    service.end_token(token_id, actor=current_actor(), now=utc_now())
    flash("The token is ended.", "success")
    return redirect(url_for(".list_accounts"), 303)


def _offered(scopes: Iterable[Scope]) -> list[tuple[str, str]]:
    return [(scope.value, scope.label) for scope in scopes]


def _made(name: str, token: str, back: str) -> ResponseReturnValue:
    return render_template("tokens/made.html", name=name, token=token, back=back)
