"""Its settings."""

import os

from dotenv import dotenv_values


class Config:
    """Reads variables, and else a file."""

    def __init__(self, env_file=None, env_prefix=""):
        """Read the file."""
        self.values, self.prefix = dotenv_values(env_file), env_prefix

    def __call__(self, key, default=None):
        """Read one."""
        return os.environ.get(self.prefix + key, self.values.get(self.prefix + key, default))
