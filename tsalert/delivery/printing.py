"""Turning claimed deliveries into messages: each mailing is laid out once and kept for the next claim."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence

from flask import Flask
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.delivery.claiming import Claimed
from tsalert.delivery.models import Mailing
from tsalert.delivery.ports import Message
from tsalert.delivery.rendering import Letterhead, Prepared, Reader, prepare
from tsalert.delivery.rules import Channel, Content, Lane, wire_address
from tsalert.delivery.tokens import make_signer

_KEPT = 64
# From endpoints, those of partners with the code that marks what each of them passes on.
CodesAt = Callable[[Session, Collection[int]], Mapping[int, str]]


class Press:
    """Prints messages; used by one thread."""

    def __init__(self, settings: Settings, codes_at: CodesAt) -> None:
        keys = (settings.secret_key, *settings.old_secret_keys)
        self._letterhead = Letterhead(
            settings.email_from, f"{settings.public_url}/unsubscribe/", f"{settings.public_url}/passed-on/"
        )
        self._sign_endpoint = make_signer("unsubscribe", keys).sign
        self._sign_delivery = make_signer("message", keys).sign
        self._sign_acknowledgement = make_signer("acknowledge", keys).sign
        self._prepared: OrderedDict[tuple[int, Channel], Prepared] = OrderedDict()
        self._codes_at = codes_at
        self._codes: Mapping[int, str] = {}

    def lay_out(self, session: Session, claimed: Sequence[Claimed]) -> None:
        """Lay out the mailings of a claim that are not laid out yet, and look up the partners whose codes they name."""
        for mailing_id, channel in dict.fromkeys((each.mailing_id, each.standing.channel) for each in claimed):
            if (mailing_id, channel) not in self._prepared:
                mailing = session.get_one(Mailing, mailing_id)
                content = Content(mailing.subject, mailing.text, mailing.html, mailing.sms, mailing.voice)
                self._prepared[mailing_id, channel] = prepare(
                    content, Lane(mailing.lane), channel, self._letterhead, mailing.created_at
                )
        naming = {
            each.endpoint_id for each in claimed if self._prepared[each.mailing_id, each.standing.channel].names_partner
        }
        self._codes = self._codes_at(session, naming) if naming else {}

    def messages(self, claimed: Sequence[Claimed]) -> list[Message]:
        """Fill in what differs between readers."""
        printed = [self._message(each) for each in claimed]
        while len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return printed

    def _message(self, each: Claimed) -> Message:
        channel = each.standing.channel
        address = wire_address(each.address) if channel is Channel.EMAIL else each.address
        prepared = self._prepared[each.mailing_id, channel]
        reader = Reader(
            address,
            self._sign_delivery(each.id),
            self._sign_endpoint(each.endpoint_id),
            self._sign_acknowledgement(each.id) if prepared.asks_to_acknowledge else "",
            self._codes.get(each.endpoint_id, ""),
        )
        content, standing = prepared.render(reader), each.standing
        return Message(each.id, each.mailing_id, channel, address, content, standing.lane, standing.doubts)


def press_of(app: Flask) -> Press:
    """Return a press that prints as the program is set up."""
    return Press(app.extensions["tsalert_settings"], app.extensions["tsalert_partner_codes"])
