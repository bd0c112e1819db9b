"""How a figure is to be worked out: profile, basis, scenario and recognition. Pure."""

from enum import StrEnum

from msgspec import Struct

from tsalert.savings.valuing.profiles import PROFILES, PUBLISHED, Profile
from tsalert.savings.valuing.recognition import Recognition
from tsalert.savings.valuing.scenarios import Scenario
from tsalert.savings.valuing.valuation import ValueClass


class Basis(StrEnum):
    """Which rates are used, and from which end of the evidence."""

    PUBLISHED = "published"
    PRUDENT_LOW = "prudent-low"
    PRUDENT_CENTRAL = "prudent-central"
    PRUDENT_HIGH = "prudent-high"

    @property
    def label(self) -> str:
        """The basis in words."""
        return self.replace("-", ", ").capitalize()

    @property
    def rates(self) -> str:
        """The basis of the rate sets that it uses."""
        return self.partition("-")[0]

    @property
    def scenario(self) -> Scenario:
        """The end of the evidence; the published basis knows the central one alone."""
        return _SCENARIOS.get(self, Scenario.CENTRAL)


_SCENARIOS = {Basis.PRUDENT_LOW: Scenario.LOW, Basis.PRUDENT_HIGH: Scenario.HIGH}
_PRUDENT_NOTE = "In the prudent basis health is a share of future losses avoided (class C) alone."


class Method(Struct, frozen=True):
    """One way of working figures out.

    :param trial: the slug of a rate set that is tried in the place of those approved for its dates.
    """

    profile: Profile = PROFILES[PUBLISHED]
    basis: Basis = Basis.PUBLISHED
    recognition: Recognition = Recognition.WHOLE_TERM
    trial: str | None = None

    @property
    def scenario(self) -> Scenario:
        """The end of the evidence."""
        return self.basis.scenario

    @property
    def shares_of(self) -> frozenset[ValueClass]:
        """What health is a share of: in the prudent basis of future losses avoided alone, whatever is merged."""
        is_published = self.basis is Basis.PUBLISHED
        return self.profile.health_base if is_published else frozenset({ValueClass.FUTURE_FINANCIAL})

    @property
    def takes_back(self) -> bool:
        """True where a unit that ends early gives back the years that had not begun."""
        return self.basis is not Basis.PUBLISHED and self.recognition is Recognition.WHOLE_TERM

    @property
    def note(self) -> str:
        """What the profile merges, as it holds in this basis."""
        if self.basis is Basis.PUBLISHED:
            return f"{self.profile.merging_note} {self.profile.published_note}".strip()
        return f"{self.profile.merging_note} {_PRUDENT_NOTE}"

    @property
    def asked(self) -> dict[str, str]:
        """The method as an address asks for it; what is as published is left out."""
        said = {"profile": self.profile.slug, "basis": self.basis.value, "recognition": self.recognition.value}
        usual = {"profile": PUBLISHED, "basis": Basis.PUBLISHED.value, "recognition": Recognition.WHOLE_TERM.value}
        trial = {"trial": self.trial} if self.trial else {}
        return {name: value for name, value in said.items() if value != usual[name]} | trial


AS_PUBLISHED = Method()
