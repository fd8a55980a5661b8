"""What the cases need of python-decouple."""

import os


def _file():
    if not os.path.exists(".env"):
        return {}
    with open(".env") as file:
        pairs = (line.strip().partition("=") for line in file if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def config(name, default=None, cast=str):
    """Read a variable, else a line of the file."""
    return cast(os.environ.get(name, _file().get(name, default)))
