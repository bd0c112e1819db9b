"""The case that gets letters is the one that is taken out."""

from tests.letters.conftest import case_id, case_officer, contract_id

__all__ = ["case_id", "case_officer", "contract_id"]
