"""What the cases need of environs."""

import os
from contextlib import contextmanager

from dotenv import load_dotenv


class Env:
    """Reads variables."""

    prefix = ""

    def read_env(self, path=None, recurse=True):
        """Load the file."""
        load_dotenv(path or ".env")

    @contextmanager
    def prefixed(self, prefix):
        """Put it before each name."""
        self.prefix = prefix
        yield self
        self.prefix = ""

    def __call__(self, name, default=None, *, validate=None):
        """Read a variable."""
        value = os.environ.get(self.prefix + name, default)
        if validate is not None:
            validate(value)
        return value

    str = __call__

    def dump(self):
        """Give all that was read; here all there is."""
        return {name: value for name, value in os.environ.items() if name.endswith("_PASSWORD")}
