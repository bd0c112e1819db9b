"""Operations on tokens and on accounts of programs."""

from typing import Any

from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.presence import asks_password, asks_presence
from tsalert.staff.tokens import queries, service
from tsalert.staff.tokens.queries import AccountView
from tsalert.staff.tokens.schemas import (
    MadeTokenSchema,
    NewServiceAccountSchema,
    NewTokenSchema,
    ServiceAccountListSchema,
    ServiceAccountSchema,
    TokenListSchema,
)
from tsalert.staff.tokens.service import NewToken
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint

own = api_blueprint("own_tokens", "account/tokens", "Tokens of one's own.")
tokens = api_blueprint("tokens", "tokens", "Every token that is good.")
accounts = api_blueprint("service_accounts", "service-accounts", "Accounts by which programs act.")
blueprints = (own, tokens, accounts)


@own.route("")
@signed_in
@own.response(200, TokenListSchema)
def list_own_tokens() -> dict[str, Any]:
    """List one's own tokens, those that are over too."""
    return {"items": queries.tokens_of(db.session(), current_actor().officer_id or 0, now=utc_now())}


@own.route("", methods=["POST"])
@signed_in
@own.arguments(NewTokenSchema)
@own.response(201, MadeTokenSchema)
@asks_password
def make_own_token(new: NewToken) -> dict[str, Any]:
    """Make a token of one's own, which is told this once.

    It takes a token that is good for everything, and its officer's password.
    """
    return _with_token(*service.make_own(new, actor=current_actor(), now=utc_now()))


@own.route("/<int:token_id>", methods=["DELETE"])
@signed_in
@own.response(204)
def end_own_token(token_id: int) -> None:
    """End a token of one's own; it opens nothing from the next request on."""
    service.end_token(token_id, actor=current_actor(), now=utc_now())


@tokens.route("")
@requires(Permission.CONNECT_PROGRAMS)
@tokens.response(200, TokenListSchema)
def list_tokens() -> dict[str, Any]:
    """List every token that is good, of officers and of programs."""
    return {"items": queries.good_tokens(db.session(), now=utc_now())}


@tokens.route("/<int:token_id>", methods=["DELETE"])
@requires(Permission.CONNECT_PROGRAMS)
@tokens.response(204)
def end_token(token_id: int) -> None:
    """End anybody's token."""
    service.end_token(token_id, actor=current_actor(), now=utc_now())


@accounts.route("")
@requires(Permission.CONNECT_PROGRAMS)
@accounts.response(200, ServiceAccountListSchema)
def list_accounts() -> dict[str, Any]:
    """List the accounts of programs, those that have ended last."""
    return {"items": queries.list_accounts(db.session())}


@accounts.route("", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@accounts.arguments(NewServiceAccountSchema)
@accounts.response(201, ServiceAccountSchema)
def make_account(new: dict[str, str]) -> AccountView:
    """Make an account for a program; it can do nothing before it has a token."""
    return queries.get_account(db.session(), service.make_account(**new, actor=current_actor(), now=utc_now()))


@accounts.route("/<int:account_id>")
@requires(Permission.CONNECT_PROGRAMS)
@accounts.response(200, ServiceAccountSchema)
def get_account(account_id: int) -> AccountView:
    """Return the account of one program."""
    return queries.get_account(db.session(), account_id)


@accounts.route("/<int:account_id>", methods=["DELETE"])
@requires(Permission.CONNECT_PROGRAMS)
@accounts.response(204)
def end_account(account_id: int) -> None:
    """Shut a program out for good; all its tokens end."""
    service.end_account(account_id, actor=current_actor(), now=utc_now())


@accounts.route("/<int:account_id>/tokens")
@requires(Permission.CONNECT_PROGRAMS)
@accounts.response(200, TokenListSchema)
def list_program_tokens(account_id: int) -> dict[str, Any]:
    """List the tokens of a program, those that are over too."""
    account = queries.get_account(db.session(), account_id)
    return {"items": queries.tokens_of(db.session(), account.id, now=utc_now())}


@accounts.route("/<int:account_id>/tokens", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@accounts.arguments(NewTokenSchema)
@accounts.response(201, MadeTokenSchema)
@asks_presence
def make_program_token(new: NewToken, account_id: int) -> dict[str, Any]:
    """Give a program a token; it is told this once."""
    return _with_token(*service.make_for_program(account_id, new, actor=current_actor(), now=utc_now()))


def _with_token(token_id: int, token: str) -> dict[str, Any]:
    return {**asdict(queries.get_token(db.session(), token_id, now=utc_now())), "token": token}
