"""A neighbour that publishes, and two installations that run."""

from tests.exchange.conftest import linked, migrated, pair
from tests.linked.conftest import administrator, online, other

__all__ = ["administrator", "linked", "migrated", "online", "other", "pair"]
