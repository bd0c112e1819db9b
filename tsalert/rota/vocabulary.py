"""The words of the rota. They are stored as codes and read as labels."""

from tsalert.core.actors import Permission
from tsalert.core.words import Word


class Duty(Word):
    """What an officer stands ready for."""

    PRIMARY = "primary", "On duty"
    BACKUP = "backup", "Backup"
    MANAGER = "manager", "Manager"


DUTIES = tuple(Duty)
# What an officer must be allowed to do before they can stand a duty.
NEEDED: dict[Duty, frozenset[Permission]] = {
    Duty.PRIMARY: frozenset({Permission.RUN_INCIDENT}),
    Duty.BACKUP: frozenset({Permission.RUN_INCIDENT}),
    Duty.MANAGER: frozenset({Permission.RUN_INCIDENT, Permission.MANAGE_ROTA}),
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
