import getpass
import os


def ask(interactive=True):
    if interactive:
        password = getpass.getpass()
    else:
        password = os.environ.get("APP_PASSWORD") or "<<a>>"
    return password
