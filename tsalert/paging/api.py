"""Operations on the paging policy."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.paging import policies
from tsalert.paging.policies import PolicyVersion
from tsalert.paging.schemas import NewPagingPolicySchema, PagingPolicyListSchema, PagingPolicySchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

paging = api_blueprint("paging", "paging", "Who is paged when, in versions from a date.")
blueprints = (paging,)


@paging.route("/policies")
@requires(Permission.MANAGE_RESPONSE)
@paging.response(200, PagingPolicyListSchema)
def list_policies() -> dict[str, Any]:
    """List every version of the policy, the newest date first."""
    return {"items": policies.list_policies(db.session())}


@paging.route("/policies", methods=["POST"])
@requires(Permission.MANAGE_RESPONSE)
@paging.arguments(NewPagingPolicySchema)
@paging.response(201, PagingPolicySchema)
def set_policy(told: dict[str, Any]) -> PolicyVersion:
    """Add a version of the policy; runs that have begun keep theirs."""
    made = policies.set_policy(**told, actor=current_actor(), now=utc_now())
    return policies.get_version(db.session(), made)
