"""What the cases need of django-environ."""

import os


class Env:
    """Reads variables."""

    def __call__(self, name, default=None):
        """Read a variable."""
        return os.environ.get(name, default)

    str = __call__

    def int(self, name, default=None):
        """Read a number."""
        return int(os.environ.get(name, default))
