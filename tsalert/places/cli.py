"""Commands."""

from tsalert.commands import CommandGroup

group = CommandGroup("places", help="places")
