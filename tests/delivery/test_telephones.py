"""Numbers as they are dialled."""

import pytest

from tsalert.delivery.telephones import phone_as_e164


@pytest.mark.parametrize(
    ("typed", "is_demo", "dialled"),
    [
        pytest.param("07700 900123", True, "+447700900123", id="drama-mobile-in-a-demonstration"),
        pytest.param("07700 900123", False, None, id="drama-mobile-elsewhere"),
        pytest.param("(020) 7946 0123", False, "+442079460123", id="london"),
        pytest.param("+33 1 42 68 53 00", False, "+33142685300", id="abroad"),
        pytest.param("withheld", True, None, id="words"),
        pytest.param("", True, None, id="nothing"),
        pytest.param("07700 9001234", True, None, id="one-digit-too-many"),
    ],
)
def test_a_number_that_can_be_dialled(typed: str, is_demo: bool, dialled: str | None) -> None:  # noqa: FBT001
    assert phone_as_e164(typed, is_demo=is_demo) == dialled
