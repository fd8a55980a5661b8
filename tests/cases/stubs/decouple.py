"""What the cases need of python-decouple."""

import os


def config(name, default=None, cast=str):
    """Read a variable."""
    return cast(os.environ.get(name, default))
