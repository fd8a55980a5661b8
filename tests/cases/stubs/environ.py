"""What the cases need of django-environ."""

import os


class Env:
    """Reads variables."""

    def __init__(self, **scheme):
        """Take what is converted, with a default."""
        self.scheme = scheme

    @staticmethod
    def read_env(path):
        """Load the file; comments behind values belong to them."""
        with open(path) as file:
            for line in file:
                name, equals, value = line.strip().partition("=")
                if equals:
                    os.environ.setdefault(name, value.strip("\"'"))

    def __call__(self, name, default=None):
        """Read a variable."""
        cast, default = self.scheme.get(name, (lambda text: text, default))
        return cast(os.environ.get(name, default))

    str = __call__

    def db(self, var="DATABASE_URL", default=None, engine=None):
        """Read a database's URL."""
        return self.db_url_config(self(var, default))

    @classmethod
    def db_url_config(cls, url):
        """Take it apart, as far as a case looks."""
        scheme, _, rest = url.partition("://")
        return {"ENGINE": scheme, "REST": rest}

    def int(self, name, default=None):
        """Read a number."""
        return int(os.environ.get(name, default))
