"""The words of letters as they come with the program, until staff write their own."""

import re

from tsalert.letters.vocabulary import LetterKind

_WRAPPED = re.compile(r"(?<=[^\n])\n(?=[A-Za-z{])")
_WORDS: dict[LetterKind, tuple[str, str]] = {
    LetterKind.VISIT: (
        "Our visit to you",
        """Dear {victim},

Thank you for letting us visit you. This letter says what we did and what you can do next.

# What we know

You told us about {kind_of_case}. Our records show that you paid {paid}.

# What you can do

- Do not pay anything more, and do not let the trader back in.
- If they come back and you feel threatened, ring 999.
- Tell your bank what happened, and ask it for your money back.
- Ring us before you agree to any other work.

# How to reach us

Ring {telephone} and give the reference {reference}.

Yours sincerely,""",
    ),
    LetterKind.CANCELLATION: (
        "Notice of cancellation of a contract",
        """To the trader,

We write for {victim}, of {victim_address}.

This is notice under the Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013 that the
contract made on {made_on} for {contract} is cancelled.

The last day to cancel it is {last_day}. {cancellation_reason}

# What you must do now

1. Do no more work, and ask for no more money.
2. Pay back what was paid, within 14 days of the day on which you were told of the cancellation.
3. Answer this letter within seven days, and give our reference {reference}.

Please answer to us and not to the consumer.

Yours faithfully,""",
    ),
    LetterKind.WARNING: (
        "Warning about the way you trade",
        """To the trader,

We have had a report about the way you trade. Our reference is {reference}.

# What the law says

It is an offence to mislead consumers, to put pressure on them, or to begin work in their home without the written
information that the law asks for.

# What you must do

- Stop what we describe in this letter.
- Keep your records of this work: we may ask for them.
- Answer within fourteen days, and say what you have changed.

We keep this letter on record. If it goes on, we may take the matter to court.

Yours faithfully,""",
    ),
    LetterKind.SAFEGUARDING: (
        "Safeguarding concern about an adult",
        """To adult social care,

We are concerned about {person}, and ask you to decide whether to make enquiries under section 42 of the Care Act 2014.

# Needs for care and support

{needs}

# Abuse or neglect, or the risk of it

{harm}

# Whether they can protect themselves

{unable}

# What they want, and whether they agree

{wishes}

{consent}

# How to reach us

Please tell us within three working days that you have this. Ring {officer} on {telephone}, reference {reference}.

Yours sincerely,""",
    ),
    LetterKind.REFERRAL: (
        "Information for you",
        """To {body},

We pass on what follows because we think that it is for you. The matter stays with us under {reference}.

# What it is about

{kind_of_case}, opened on {opened_on}.

{message}

# What we ask of you

Please confirm that you have this, and give us your reference.

Yours sincerely,""",
    ),
    LetterKind.RECOGNITION: (
        "Thank you",
        """To a good neighbour,

Thank you for ringing us. Because you did, we could act in time.

What you did is what stops this crime: you saw that something was wrong, and you said so.

With thanks from all of us at {authority},""",
    ),
    LetterKind.NO_FURTHER_ACTION: (
        "What we have decided",
        """Dear {victim},

You told us about {kind_of_case}. We have looked into it and will take no further action for now.

# Why

We did not find enough evidence of an offence that a court would accept.

# What you can do

- Keep any papers, messages and names. If something new comes up, ring us.
- The Citizens Advice consumer service can advise you on your own rights.

Ring {telephone} and give the reference {reference} if you want to talk about this.

Yours sincerely,""",
    ),
}
# Here the lines are as long as a page of source is wide; in a letter a line break is one.
STANDARD = {kind: (title, _WRAPPED.sub(" ", body)) for kind, (title, body) in _WORDS.items()}
