"""What the cases need of dynaconf."""

import os

import dotenv


class Dynaconf:
    """Reads variables as attributes."""

    def __init__(self, *, envvar_prefix, load_dotenv, dotenv_path):
        """Load the file."""
        self.prefix = envvar_prefix
        dotenv.load_dotenv(dotenv_path)

    def __getattr__(self, name):
        """Read a variable."""
        return os.environ[f"{self.prefix}_{name}"]
