"""What to ask and say while somebody is on the telephone, beside the form for a call. Pure.

A service that says it in other words changes this list alone. Where nothing can be hidden, all of it is
read; else a prompt shows itself once an answer or a word that was typed calls it up.
"""

from msgspec import Struct


class Prompt(Struct, frozen=True):
    """One thing to ask or say.

    :param title: when it matters.
    :param says: what to say or do, in order.
    :param answers: answers that call it up, as ``field=value``; with no answers and no words it is always shown.
    :param words: beginnings of words that call it up, in who calls, what happens, the kind and the trader.
    """

    title: str
    says: tuple[str, ...]
    answers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


PROMPTS = (
    Prompt(
        "Is it safe to call back?",
        (
            "“Can the trader hear you? Is it safe if I ring this number?” The suspect may be in the house.",
            "If not: agree a word that means “ring off”, or the name of somebody else to ring.",
        ),
    ),
    Prompt(
        "Danger to life: 999 first",
        (
            "“Ring off now and ring 999. Then ring me again.” If they cannot speak: 999, then 55 on a mobile.",
            "Tick “I told them to ring 999”: the time is kept.",
        ),
        answers=("has_threat=yes",),
        words=("threat", "hit", "weapon", "knife", "scared", "afraid", "blood", "hurt"),
    ),
    Prompt(
        "The trader is there: do not confront them",
        (
            "“Shut the door, keep the chain on, and do not argue. Do not go with them to a bank or a machine.”",
            "“You can say that you will decide tomorrow.” Do not tell them who is coming.",
            "A number plate helps only if it can be read from indoors.",
        ),
        answers=("is_trader_on_site=yes",),
    ),
    Prompt(
        "A bank is calling, or money is at the bank: Banking Protocol",
        (
            "“Please start the Banking Protocol. Do not hand over cash and do not send the payment.”",
            "“Take the customer somewhere private, and ring 999.” The words for the police are: Banking Protocol.",
            "Ask for the branch, the name of who calls, the amount, and whether the trader waits outside.",
        ),
        answers=("money_state=at_the_bank", "source=bank", "source=post_office"),
        words=("bank", "building society", "post office", "branch", "cashier"),
    ),
    Prompt(
        "Money was agreed, or part of it is paid",
        (
            "“Pay nothing more today, whatever they say about the price going up.”",
            "Ask how the rest is to be paid, and when they come back for it.",
        ),
        answers=("money_state=agreed", "money_state=part_paid"),
    ),
    Prompt(
        "Money has gone",
        (
            "“Ring your bank now, on 159 or the number on your card.” The first hour counts.",
            "Ask when, how and to whom. “Keep the papers and messages; give nothing back.”",
        ),
        answers=("money_state=paid", "money_state=part_paid"),
        words=("transfer", "gift card", "crypto", "bitcoin"),
    ),
    Prompt(
        "A small job that grew: from the gutter to the roof",
        (
            "Ask what they offered first and for how much, what they say they found, and what they ask now.",
            "“A picture on their telephone may be of another roof. Nobody goes up again today.”",
            "Ask whether tiles or felt have come off: the roof may need cover before rain.",
        ),
        words=("roof", "gutter", "chimney", "tile", "slate", "fascia", "soffit", "ridge"),
    ),
    Prompt(
        "Somebody says that they are the bank, the police or a courier",
        (
            "“No bank and no police officer sends anybody for cards, cash or a PIN.”",
            "“Wait five minutes or use another telephone: they may still be on your line.”",
        ),
        words=("courier", "police officer", "fraud department", "safe account", "pin ", "bank card"),
    ),
    Prompt(
        "The resident may be vulnerable",
        (
            "“Who can be with you in the next hour?” Ask for a name and a number.",
            "Ask what they want to happen. Speak slowly, one question at a time.",
        ),
        answers=("is_vulnerable=yes",),
        words=("elderly", "dementia", "confused", "alone", "widow", "carer", "deaf", "blind"),
    ),
)
