"""Daily and weekly mails: what somebody who did not want every alert at once has not had yet."""
