"""Who acts, and what they may do."""

from enum import StrEnum

from msgspec import Struct

from tsalert.core.errors import NotAllowed


class Permission(StrEnum):
    """One thing a person may do; roles are sets of these (staff/rules.py)."""

    SEE_BOARD = "see the live board"
    LOG_CALL = "log a call"
    READ_CALL = "read calls and incidents"
    RUN_INCIDENT = "grade, attend and close incidents"
    READ_CASE = "read cases"
    WORK_CASE = "open and work on cases"
    RECORD_INTERVENTION = "record interventions"
    READ_FIGURES = "read savings and figures"
    MANAGE_RATES = "manage rate sets"
    SIGN_RUN = "sign and publish calculation runs"
    READ_SUBSCRIBERS = "read the subscriber list"
    MANAGE_SUBSCRIBERS = "manage the subscriber list"
    READ_ALERT = "read alerts"
    DRAFT_ALERT = "write alerts"
    APPROVE_ALERT = "approve alerts that others wrote"
    OVERRIDE_APPROVAL = "send an alert alone, for review the next day"
    REVIEW_OVERRIDE = "review alerts sent alone"
    MANAGE_TEMPLATES = "change the templates of alerts"
    RAISE_SPENDING = "let an alert cost more than the limit"
    STOP_SENDING = "stop all sending, and start it again"
    MANAGE_STAFF = "manage staff accounts"
    SEE_STATUS = "see how the service runs"
    CONNECT_PROGRAMS = "connect other programs"
    MANAGE_ROTA = "change the rota"
    REVIEW_ODDITIES = "look at what is odd in the trail"
    MANAGE_RESPONSE = "change grades, paging and wall displays"
    READ_SENSITIVE = "read what makes a victim vulnerable in every case"
    GRANT_ACCESS = "restrict records and say who may open them"
    OPEN_RESTRICTED = "open restricted records for a reason, and break the glass"
    MANAGE_INDICATORS = "set indicators and enter partners' figures"
    WRITE_REPORT = "write the board's report"
    SIGN_REPORT = "sign and publish the board's report"
    EXPORT = "take lists and bundles with people in them out of the service"
    HOLD_RECORD = "hold records back from erasing"
    RUN_RETENTION = "list, approve and erase what is no longer to be kept"
    APPROVE_RETENTION = "decide on keeping as the data protection officer"
    ANSWER_ACCESS = "answer requests for what is held on somebody"


class Via(StrEnum):
    """The door through which somebody acts."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    TEXT = "text message"
    TELEPHONE = "telephone"
    TIMETABLE = "timetable"
    SCREEN = "wall display"
    SINGLE_SIGN_ON = "single sign-on"


class Bearer(Struct, frozen=True):
    """The token by which somebody acts; ``is_whole`` where it is good for everything that they may do."""

    id: int
    is_whole: bool


class Actor(Struct, frozen=True):
    """Somebody who acts: an officer, or (``officer_id`` is None) the service itself or a screen on a wall."""

    officer_id: int | None
    name: str
    permissions: frozenset[Permission]
    via: Via
    token: Bearer | None = None

    @property
    def is_officer(self) -> bool:
        """True for a person of the staff."""
        return self.officer_id is not None

    @property
    def is_in_part(self) -> bool:
        """True where they act by a token that is not good for everything that they may do."""
        return self.token is not None and not self.token.is_whole

    def may(self, permission: Permission | str) -> bool:
        """Tell whether this person may do one thing; templates pass its member name in lower case."""
        wanted = permission if isinstance(permission, Permission) else Permission[permission.upper()]
        return wanted in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse unless this person may do it.

        :raises NotAllowed: they may not.
        """
        if permission not in self.permissions:
            raise NotAllowed(f"You are not allowed to {permission}.")


SERVICE = Actor(None, "tsalert", frozenset(), Via.TIMETABLE)
