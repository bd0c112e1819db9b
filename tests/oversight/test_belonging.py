"""What belongs together, however it is asked for."""

from tsalert.oversight.belonging import CALL, CASE, INCIDENT, PARTY, Web


def test_a_party_stands_in_every_group_of_theirs_and_joins_none_to_another() -> None:
    web = Web()
    for call, incident in ((1, 1), (2, 1), (3, 2)):
        web.join((CALL, call), (INCIDENT, incident))
    for call in (1, 3):
        web.join((CALL, call), (PARTY, 7))
    first, second = {(CALL, 1), (CALL, 2), (INCIDENT, 1)}, {(CALL, 3), (INCIDENT, 2)}
    for _ in range(2):
        assert web.around((PARTY, 7)) == first | second | {(PARTY, 7)}
        assert web.around((CALL, 2)) == web.around((INCIDENT, 1)) == first
        assert web.around((CALL, 3)) == second
    web.join((INCIDENT, 2), (CASE, 5))
    assert web.around((CALL, 3)) == second | {(CASE, 5)}
    assert web.around((CALL, 9)) == {(CALL, 9)}
