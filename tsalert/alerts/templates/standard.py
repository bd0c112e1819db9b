"""The words of alerts as they come with the program, until managers write their own. Pure."""

import re

from tsalert.alerts.templates.rules import Words

_WRAPPED = re.compile(r"(?<=[^\n])\n(?=[A-Za-z{0-9(])")
_REPORT_FRAUD = "Tell Report Fraud on 0300 123 2040"
_CITIZENS_ADVICE = "For advice, ring Citizens Advice on 0808 223 1133"


def _words(title: str, topic: str, headline: str, *texts: str) -> Words:
    """Return words whose every point and paragraph is one line; here lines are as long as source is wide.

    :param texts: what happens, what to do, the text message, and the words of a call where they are its own.
    """
    joined = (_WRAPPED.sub(" ", text.strip()) for text in texts)
    return Words(title, topic, headline, *joined)


STANDARD: dict[str, Words] = {
    "rogue-traders": _words(
        "Rogue traders at the door",
        "doorstep-crime",
        "Rogue traders in {ward}: {what}",
        """
Traders call at homes in {ward} {time_of_day}. They offer {what}. They come in {vehicle}.

They say that the work is urgent. Then the price goes up. They have asked for {amount}.
""",
        f"""
- Say no and shut the door. You need not explain.
- Do not pay on the day, and do not go to the bank with them.
- Get two prices in writing from firms that you chose yourself.
- If they will not go, or you are afraid, ring 999.
- If they are at a door now, ring us on {{telephone}}.
- {_CITIZENS_ADVICE}.
""",
        "Rogue traders offer {what} in {ward}. Say no and shut the door. If they will not go, ring 999.",
    ),
    "bogus-officials": _words(
        "Bogus officials",
        "doorstep-crime",
        "Callers in {ward} who are not who they say",
        """
People call at homes in {ward} {time_of_day}. They say that they are {pretext}. They are not.

One talks to you while another looks for money and jewellery.
""",
        f"""
- Keep the chain on. Ask for a card, and shut the door while you check it.
- Ring the firm or office on the number on your bill, never on a number that they give you.
- Real callers will wait, or come another day.
- If they will not go, or somebody got in, ring 999.
- If it happened before today, ring the police on 101.
- {_CITIZENS_ADVICE}.
""",
        "Callers in {ward} say that they are {pretext}. They are not. Shut the door and check. In danger, ring 999.",
    ),
    "courier-fraud": _words(
        "Courier fraud",
        "scams",
        "Calls from false police or bank staff",
        """
Somebody rings people in {ward}. They say that they are {pretext}.

They ask you to take out cash, to buy gold or to hand over your bank card. Then a courier comes to your door for it.
The police and your bank never do this.
""",
        f"""
- Hang up. Wait five minutes, or use another phone, before you ring anybody.
- Ring your bank on 159. That number is safe.
- Never give cash, a card or a PIN to somebody who comes to your door.
- If a courier is on the way, ring 999.
- {_REPORT_FRAUD}.
""",
        "False police or bank staff ring people in {ward} and send a courier. Hang up. Ring your bank on 159.",
        """
The police and your bank never send a courier for cash or for a bank card. If somebody says so, hang up. Wait five
minutes. Then ring your bank on 159. If a courier is on the way, ring 999.
""",
    ),
    "phishing-texts": _words(
        "Texts and emails that steal your details",
        "scams",
        "False messages: {pretext}",
        """
People get texts and emails {since}. They say: {pretext}.

They lead to a page that looks real. It takes your bank card and your passwords.
""",
        f"""
- Do not tap the link, and do not ring a number in the message.
- Send a false text on to 7726. It is free.
- Send a false email on to report@phishing.gov.uk.
- If you gave your details, ring your bank on 159 now.
- {_REPORT_FRAUD} if you lost money.
""",
        "False messages say: {pretext}. Do not tap the link. Send the text on to 7726, then delete it.",
    ),
    "false-investments": _words(
        "False investments",
        "scams",
        "Offers of investments that do not exist",
        """
People hear of an investment {approach}. It is said to be safe and to pay more than a bank.

You may see a small gain at first. When you want your money back, there are fees to pay. The money is gone.
""",
        f"""
- Do not decide today. Whoever hurries you is not your friend.
- Look the firm up with the Financial Conduct Authority, or ring them on 0800 111 6768.
- Never let anybody into your computer or phone.
- If you paid, ring your bank on 159 now.
- {_REPORT_FRAUD}.
""",
        "Somebody offers an investment that does not exist. Do not decide today. If you paid, ring your bank on 159.",
    ),
    "romance-fraud": _words(
        "Romance fraud",
        "financial-abuse",
        "Friends online who ask for money",
        """
Somebody met online writes every day and seems to care. They never meet you. Then they need money: for a flight, a
doctor or a fee.

They have asked people here for {amount}. It can happen to anybody.
""",
        f"""
- Never send money, gift cards or bank details to somebody whom you have not met.
- Talk to a friend or to your family before you do anything.
- Save their pictures and messages. Do not tell them that you know.
- If you paid, ring your bank on 159 now. It is not too late to tell.
- {_REPORT_FRAUD}.
""",
        "A friend online who never meets you and asks for money is no friend. If you paid, ring your bank on 159.",
    ),
    "telephone-fraud": _words(
        "False calls",
        "scams",
        "Calls from people who say they are {pretext}",
        """
People in {ward} get calls {since}. The caller says that they are {pretext}.

They know your name and sound kind. They ask for your bank details, or to get into your computer.
""",
        f"""
- Hang up. It is not rude.
- Never give a code, a password or a PIN over the phone.
- Ring your bank on 159, or the firm on the number on your bill.
- Ask us for a call blocker: ring {{telephone}}.
- {_REPORT_FRAUD} if you lost money.
""",
        "False calls from people who say they are {pretext}. Hang up. Ring your bank on 159.",
    ),
    "unsafe-product": _words(
        "An unsafe product",
        "product-safety",
        "Stop using this: {what}",
        """
{what} sold in {ward} {since} is not safe. It can hurt you or start a fire.
""",
        f"""
- Stop using it, and unplug it.
- Keep it away from children.
- Take it back to where you bought it and ask for your money.
- If there is a fire, get out and ring 999.
- {_CITIZENS_ADVICE}.
""",
        "Stop using this: {what}. It is not safe. Unplug it and take it back.",
    ),
}
# What a case is about leads to the words to begin with: by its type, else by its category and how contact was made.
_OF_KIND = {
    "distraction_burglary": "bogus-officials",
    "bogus_official": "bogus-officials",
    "bogus_police": "courier-fraud",
    "courier_fraud": "courier-fraud",
    "police_impersonation": "courier-fraud",
    "bank_impersonation": "courier-fraud",
    "government_impersonation": "telephone-fraud",
    "computer_service": "telephone-fraud",
    "investment": "false-investments",
    "pension": "false-investments",
    "romance": "romance-fraud",
}
_OF_CHANNEL = {"telephone": "telephone-fraud", "text": "phishing-texts", "online": "phishing-texts"}


def proposed(category: str, kind: str, channel: str) -> str | None:
    """Return the name of the template that suits a case best, if any does."""
    if kind in _OF_KIND:
        return _OF_KIND[kind]
    if category == "doorstep_crime":
        return "rogue-traders"
    return _OF_CHANNEL.get(channel) if category == "scam" else None
