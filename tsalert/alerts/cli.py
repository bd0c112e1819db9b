"""Commands."""

from tsalert.commands import CommandGroup

group = CommandGroup("alerts", help="alerts")
