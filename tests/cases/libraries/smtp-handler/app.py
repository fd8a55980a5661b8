import logging.handlers

h = logging.handlers.SMTPHandler("mail", "a@b", ["c@d"], "s", credentials=("u", "<<p>>"))
