"""Commands."""

from tsalert.commands import CommandGroup

group = CommandGroup("subscribers", help="subscribers")
