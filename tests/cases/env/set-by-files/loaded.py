import os


def load(path):
    with open(path) as lines:
        for line in lines:
            name, found, value = line.strip().partition("=")
            if found:
                os.environ.setdefault(name, value)


load("local.env")
DB_PASSWORD = "<<db>>"
SMTP_PASSWORD = "<<smtp>>"
