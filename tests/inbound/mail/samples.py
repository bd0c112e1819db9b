"""Mail as servers and people write it, each in the manner of one that is common; all of it is invented."""

HEADERS_OF_OURS = """\
To: <pat@example.org>
Message-ID: {message_id}
From: Trading Standards Alert! <alerts@example.org>
Subject: Doorstep crime
Date: Wed, 10 Jun 2026 12:00:00 +0000
"""


def report(status: str, diagnostic: str, *, action: str = "failed", daemon: str = "MAILER-DAEMON@mail.example.net",
           name: str = "Mail Delivery System") -> str:  # fmt: skip
    """Write a status report of RFC 3464 with the headers of our mail returned."""
    return (
        f"Return-Path: <>\nFrom: {daemon} ({name})\nTo: alerts@example.org\nSubject: Undelivered Mail\n"
        "Date: Wed, 10 Jun 2026 12:01:00 +0000\nMessage-ID: <1@mail.example.net>\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        "--b1\nContent-Type: text/plain; charset=us-ascii\n\nYour message could not be handed over.\n\n"
        "--b1\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.example.net\nArrival-Date: Wed, 10 Jun 2026 12:00:30 +0000\n\n"
        "Final-Recipient: rfc822; pat@example.org\nOriginal-Recipient: rfc822;pat@example.org\n"
        f"Action: {action}\nStatus: {status}\nRemote-MTA: dns; mx.example.org\nDiagnostic-Code: {diagnostic}\n\n"
        "--b1\nContent-Type: text/rfc822-headers\n\n" + HEADERS_OF_OURS + "\n--b1--\n"
    )


POSTFIX = report("5.1.1", "smtp; 550 5.1.1 <pat@example.org>: Recipient address rejected: User unknown")
POSTFIX_DELAY = report("4.4.1", "X-Postfix; connect to mx.example.org: timed out", action="delayed")
SENDMAIL_FULL = report("5.2.2", "SMTP; 552 5.2.2 Mailbox full", daemon="postmaster@example.net")
POLICY = report("5.7.1", "smtp; 550 5.7.1 Message refused as spam by our policy")
EXPIRED = report("4.4.7", "smtp; 450 4.2.1 try again later")
SUCCESS = report("2.0.0", "smtp; 250 2.0.0 Ok", action="delivered")
GMAIL = report("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
               daemon="mailer-daemon@googlemail.com", name="Mail Delivery Subsystem")  # fmt: skip
EXCHANGE = report("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient pat@example.org not found",
                  daemon="postmaster@tenant.onmicrosoft.example", name="Microsoft Outlook")  # fmt: skip
VAGUE = report("5.0.0", "smtp; 550 no such mailbox here")
EXIM = (
    "Return-path: <>\nX-Failed-Recipients: pat@example.org\nAuto-Submitted: auto-replied\n"
    "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nTo: alerts@example.org\n"
    "Subject: Mail delivery failed: returning message to sender\nMessage-Id: <E1@mx.example.net>\n\n"
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
    "The following address(es) failed:\n\n  pat@example.org\n    550 Unrouteable address\n\n"
    "------ This is a copy of the message, including all the headers. ------\n\n" + HEADERS_OF_OURS + "\nText\n"
)
QMAIL = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: alerts@example.org\nSubject: failure notice\n"
    "Message-ID: <q1@mx.example.net>\n\n"
    "Hi. This is the qmail-send program at mx.example.net.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<pat@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    "--- Below this line is a copy of the message.\n\n" + HEADERS_OF_OURS + "\nText\n"
)
YAHOO = (
    "From: MAILER-DAEMON@yahoo.example\nTo: alerts@example.org\nSubject: Failure Notice\n"
    "Message-ID: <y1@yahoo.example>\n\nSorry, we were unable to deliver your message to the following address.\n\n"
    "<pat@example.org>:\n554: delivery error: dd This user doesn't have a yahoo.example account [0]\n\n"
    "--- Below this line is a copy of the message.\n\n" + HEADERS_OF_OURS + "\nText\n"
)
BEYOND_ASCII = (
    POSTFIX.replace("report-type=delivery-status", "report-type=global-delivery-status")
    .replace("message/delivery-status", "message/global-delivery-status")
    .replace("text/rfc822-headers", "message/global-headers")
    .replace("rfc822;", "utf-8;")
)
BOUNCES_FOR_GOOD = {
    "Postfix": POSTFIX,
    "Gmail": GMAIL,
    "Exchange": EXCHANGE,
    "Exim": EXIM,
    "qmail": QMAIL,
    "vague": VAGUE,
    "Yahoo": YAHOO,
    "beyond ASCII": BEYOND_ASCII,
}
BOUNCES_FOR_NOW = {"full": SENDMAIL_FULL, "policy": POLICY, "expired": EXPIRED}

COMPLAINT = (
    "From: feedback@isp.example.net\nTo: alerts@example.org\nSubject: FW: Doorstep crime\nMessage-ID: <f1@isp>\n"
    'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="f"\n\n'
    "--f\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
    "--f\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Feedback/1.0\nVersion: 1\n\n"
    "--f\nContent-Type: message/rfc822\n\n" + HEADERS_OF_OURS + "\nText\n\n--f--\n"
)
SENT_BACK_BY_MICROSOFT = (
    "From: staff@hotmail.example\nTo: alerts@example.org\nSubject: complaint about message from 192.0.2.9\n"
    'Message-ID: <m1@hotmail.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="h"\n\n'
    "--h\nContent-Type: message/rfc822\nContent-Disposition: inline\n\nX-HmXmrOriginalRecipient: pat@example.org\n"
    "X-Reporter-IP: 192.0.2.22\n" + HEADERS_OF_OURS + "\nText\n\n--h--\n"
)
COMPLAINTS = [COMPLAINT.replace("{kind}", kind) for kind in ("abuse", "fraud", "opt-out")] + [SENT_BACK_BY_MICROSOFT]

_HEAD = "From: Pat Example <pat@example.org>\nTo: alerts@example.org\nMessage-ID: <p1@example.org>\n"
_ANSWER = "In-Reply-To: {message_id}\nReferences: {message_id}\n"
VACATION = _HEAD + _ANSWER + "Auto-Submitted: auto-replied (vacation)\nSubject: Re: Doorstep crime\n\nI am in Wales.\n"
OUTLOOK_AWAY = _HEAD + "X-Auto-Response-Suppress: All\nSubject: Automatic reply: Doorstep crime\n\nI am away.\n"
LEFT_THE_FIRM = _HEAD + _ANSWER + "Precedence: bulk\nSubject: gone\n\n550 5.1.1 user unknown: I have left the firm.\n"
CHALLENGE = _HEAD + _ANSWER + "Subject: Please confirm your message to pat\n\nPress here to show you are a person.\n"
READ_RECEIPT = (
    _HEAD + _ANSWER + "Subject: Read: Doorstep crime\nMIME-Version: 1.0\n"
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="r"\n\n'
    "--r\nContent-Type: text/plain\n\nYour message was read.\n\n--r\nContent-Type: message/disposition-notification\n\n"
    "Final-Recipient: rfc822; pat@example.org\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--r--\n"
)
AUTOMATIC = {"vacation": VACATION, "Outlook": OUTLOOK_AWAY, "left": LEFT_THE_FIRM, "read": READ_RECEIPT}
REPLY = (
    _HEAD + _ANSWER + "Subject: =?utf-8?q?Re=3A_Doorstep_crime=3A_caf=C3=A9?=\n\nThis man is at my neighbour's now.\n"
)
HTML_REPLY = (
    _HEAD + _ANSWER + "Subject: Re: Doorstep crime\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: text/html; charset=utf-8\n\n'
    "<html><style>p {{}}</style><script>alert(1)</script><p>He drives a <b>white van</b></p></html>\n\n"
    "--m\nContent-Type: image/png\nContent-Disposition: attachment; filename=van.png\n"
    "Content-Transfer-Encoding: base64\n\nAAAA\n\n--m--\n"
)


def about(sample: str, message_id: str) -> bytes:
    """Return a sample as it comes in, about one message of ours."""
    return sample.replace("{message_id}", message_id).replace("{{}}", "{}").encode()
