"""What is looked for in texts that others will read."""

from tsalert.core.words import Word


class Check(Word):
    """What the program looks for in a text."""

    NAME = "name", "A name"
    TRADER = "trader", "The name of a trader who was not convicted"
    STREET = "street", "An address or street"
    WARD = "ward", "A ward"
    POSTCODE = "postcode", "A postcode"
    TELEPHONE = "telephone", "A telephone number"
    EMAIL = "email", "An email address"
    REGISTRATION = "registration", "A vehicle registration"
    IDENTIFIER = "identifier", "Something by which somebody of the case is known"
    REFERENCE = "reference", "A reference of a record"
    DATE = "date", "A date"
    AGE = "age", "An age"
    MONEY_EXACT = "money_exact", "An amount that is not rounded"
    MONEY_UNKNOWN = "money_unknown", "An amount that is not in the ledger of the case"
    MONEY_IN_WORDS = "money_in_words", "An amount in words, which nothing checks"
