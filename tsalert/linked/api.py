"""Operations on linked authorities and on the keys of both sides."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.linked import own_keys, queries, service
from tsalert.linked.queries import AuthorityView
from tsalert.linked.rules import NewAuthority
from tsalert.linked.schemas import (
    ComparedKeySchema,
    LinkedAuthorityListSchema,
    LinkedAuthoritySchema,
    NewLinkedAuthoritySchema,
    RevocationReasonSchema,
    SigningKeyListSchema,
)
from tsalert.staff.presence import asks_presence
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

linked = api_blueprint("linked_authorities", "linked-authorities", "Other authorities, and the keys of both sides.")
blueprints = (linked,)


@linked.route("")
@requires(Permission.CONNECT_PROGRAMS)
@linked.response(200, LinkedAuthorityListSchema)
def list_authorities() -> dict[str, Any]:
    """List every authority that is or was linked."""
    return {"items": queries.list_authorities(db.session())}


@linked.route("", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(NewLinkedAuthoritySchema)
@linked.response(201, LinkedAuthoritySchema)
@asks_presence
def link_authority(new: NewAuthority) -> AuthorityView:
    """Link an authority by a key whose fingerprint was read out by telephone."""
    return _get(service.register(new, actor=current_actor(), now=utc_now()))


@linked.route("/<int:authority_id>")
@requires(Permission.CONNECT_PROGRAMS)
@linked.response(200, LinkedAuthoritySchema)
def get_authority(authority_id: int) -> AuthorityView:
    """Return one authority with its keys."""
    return _get(authority_id)


@linked.route("/<int:authority_id>/keys", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(ComparedKeySchema)
@linked.response(200, LinkedAuthoritySchema)
@asks_presence
def trust_key(told: dict[str, Any], authority_id: int) -> AuthorityView:
    """Trust a further key of an authority."""
    service.trust_key(authority_id, told["key"], told["fingerprint"], actor=current_actor(), now=utc_now())
    return _get(authority_id)


@linked.route("/<int:authority_id>/keys/<int:key_id>/revoked", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(RevocationReasonSchema)
@linked.response(200, LinkedAuthoritySchema)
def revoke_their_key(told: dict[str, str], authority_id: int, key_id: int) -> AuthorityView:
    """Trust a key no more; what it signed and was taken stays, and is marked."""
    service.revoke_key(authority_id, key_id, **told, actor=current_actor(), now=utc_now())
    return _get(authority_id)


@linked.route("/<int:authority_id>/ended", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(RevocationReasonSchema)
@linked.response(200, LinkedAuthoritySchema)
def end_link(told: dict[str, str], authority_id: int) -> AuthorityView:
    """End a link."""
    service.end(authority_id, **told, actor=current_actor(), now=utc_now())
    return _get(authority_id)


@linked.route("/own-keys")
@requires(Permission.CONNECT_PROGRAMS)
@linked.response(200, SigningKeyListSchema)
def list_own_keys() -> dict[str, Any]:
    """List our own keys, the newest first."""
    return {"items": queries.own_keys(db.session())}


@linked.route("/own-keys", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(ConfirmedSchema)
@linked.response(201, SigningKeyListSchema)
@asks_presence
def make_key(_confirmed: dict[str, Any]) -> dict[str, Any]:
    """Make a key that signs from now on."""
    own_keys.make_key(actor=current_actor(), now=utc_now())
    return {"items": queries.own_keys(db.session())}


@linked.route("/own-keys/<int:key_id>/revoked", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@linked.arguments(RevocationReasonSchema)
@linked.response(200, SigningKeyListSchema)
def revoke_own_key(told: dict[str, str], key_id: int) -> dict[str, Any]:
    """Tell everybody to trust a key of ours no more."""
    own_keys.revoke_key(key_id, **told, actor=current_actor(), now=utc_now())
    return {"items": queries.own_keys(db.session())}


def _get(authority_id: int) -> AuthorityView:
    return queries.get_authority(db.session(), authority_id)
