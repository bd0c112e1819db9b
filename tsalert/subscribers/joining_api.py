"""Operations by which officers put people on the list."""

from typing import Any

from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.subscribers import service
from tsalert.subscribers.joining import Wish
from tsalert.subscribers.joining_schemas import (
    AddedSchema,
    AddingSchema,
    ImportReportSchema,
    ImportSchema,
    PaperFormsSchema,
    PaperReportSchema,
)
from tsalert.subscribers.paper import Batch, Signed
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

joining = api_blueprint("joining", "subscribers", "Putting people on the list.")
blueprints = (joining,)


@joining.route("", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@joining.arguments(AddingSchema)
@joining.response(201, AddedSchema)
def add_subscriber(told: dict[str, Any]) -> dict[str, Any]:
    """Put somebody on the list who agreed to the words read out, or ask them by a message or a call."""
    wish = Wish(
        tuple(told["topics"]),
        told["postcode"],
        told["ward"],
        name=told["name"],
        frequency=told["frequency"],
        formats=tuple(told["formats"]),
        partner_code=told["partner"],
    )
    who: dict[str, Any] = {"actor": current_actor(), "now": utc_now()}
    match told["consent"]:
        case "given":
            return {"subscriber_id": service.add_by_phone(told["contact"], wish, **who)}
        case "ask by call":
            return {"sign_up_id": service.ask_by_call(told["contact"], wish, **who)}
        case _:
            return {"sign_up_id": service.ask_by_message(told["contact"], wish, **who)}


@joining.route("/import", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@joining.arguments(ImportSchema)
@joining.response(200, ImportReportSchema)
def import_rows(told: dict[str, Any]) -> dict[str, Any]:
    """Keep the good rows of a batch, as of a file, and name the others by their place; again changes nothing."""
    report, faults = service.import_rows(told["rows"], actor=current_actor(), now=utc_now(), confirm=told["ask"])
    return asdict(report) | {"faults": [{"row": fault.line, "message": fault.reason} for fault in faults]}


@joining.route("/paper", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@joining.arguments(PaperFormsSchema)
@joining.response(200, PaperReportSchema)
def add_paper_forms(told: dict[str, Any]) -> dict[str, Any]:
    """Put people on the list who signed forms; good ones are kept, whatever the others hold."""
    batch = Batch(told["reference"], told["signed_on"], tuple(told["topics"]), told["frequency"], told["partner"])
    forms = {
        number: Signed(one["contact"], one["name"], one["postcode"], is_large_print=one["large_print"])
        for number, one in enumerate(told["forms"], start=1)
    }
    faults = service.add_from_paper(batch, forms, actor=current_actor(), now=utc_now())
    problems = [{"form": number, "message": fault.message} for number, fault in sorted(faults.items())]
    return {"added": len(forms) - len(faults), "faults": problems}
