"""WebAuthn as the library speaks it; imported only where a passkey is asked for, since it takes 25 MB of memory."""

from collections.abc import Sequence

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tsalert.staff.factors.asking import Holder, NewPasskey, Place

_VERIFIED = UserVerificationRequirement.REQUIRED
# The last is what JSON comes to that is nested without end.
_NO_ANSWER = (WebAuthnException, ValueError, RecursionError)


class Refused(Exception):
    """An answer is none, or none to this question."""


def question_for_new(place: Place, holder: Holder, has: Sequence[str]) -> tuple[str, str]:
    """Return a question as JSON, and what in it is asked once, with which a browser makes a passkey for its holder."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=holder.handle,
        user_name=holder.email,
        user_display_name=holder.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_named(has),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def question(place: Place, has: Sequence[str]) -> tuple[str, str]:
    """Return a question as JSON, and what in it is asked once, that one of some passkeys answers; without any, all."""
    options = generate_authentication_options(
        rp_id=place.host, allow_credentials=_named(has), user_verification=_VERIFIED
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def read_new(answer: str, place: Place, challenge: str, name: str) -> NewPasskey:
    """Return the passkey that a browser made.

    :raises Refused: it is no answer to what was asked.
    """
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except _NO_ANSWER as error:
        raise Refused from error
    return NewPasskey(name, bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def credential_in(answer: str) -> str:
    """Return the name, in base64url, of the passkey that answers.

    :raises Refused: it is no answer.
    """
    try:
        return bytes_to_base64url(parse_authentication_credential_json(answer).raw_id)
    except _NO_ANSWER as error:
        raise Refused from error


def check(answer: str, place: Place, challenge: str, *, public_key: bytes, sign_count: int) -> int:
    """Return how often a passkey has signed by now.

    :raises Refused: it is no answer to what was asked, or comes from a copy of the key.
    """
    try:
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _NO_ANSWER as error:
        raise Refused from error
    return checked.new_sign_count


def _named(has: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in has]
