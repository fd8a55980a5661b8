"""Settings files that a library or tool finds by convention: no Python names them, and their reader stays as it is."""

from __future__ import annotations

import re
from collections.abc import Collection

# A path, the library that the project must import for it ("": the name alone says it), and who reads it. From each
# one's own documentation:
# https://hydra.cc/docs/intro/, https://docs.kedro.org/en/stable/configure/configuration_basics.html,
# https://www.dynaconf.com/settings_files/, https://dvc.org/doc/api-reference/params_show,
# https://docs.pylonsproject.org/projects/pyramid/, https://alembic.sqlalchemy.org/en/latest/tutorial.html,
# https://docs.streamlit.io/develop/concepts/connections/secrets-management, https://luigi.readthedocs.io/,
# https://docs.getdbt.com/docs/core/connect-data-platform/profiles.yml, https://airflow.apache.org/docs/,
# https://uwsgi-docs.readthedocs.io/en/latest/Configuration.html, https://aws.github.io/chalice/topics/configfile,
# http://supervisord.org/configuration.html
_CONVENTIONS = tuple(
    (re.compile(pattern), library, who)
    for pattern, library, who in (
        (r".+/[^/]+\.ya?ml", "hydra", "Hydra"),
        (r"(?:.*/)?conf/.+\.(?:ya?ml|json|toml)", "kedro", "Kedro"),
        (r"(?:.*/)?(?:settings|\.secrets)(?:\.local)?\.(?:toml|ya?ml|json|ini)", "dynaconf", "Dynaconf"),
        (r"(?:.*/)?params\.(?:ya?ml|json|toml)", "dvc", "DVC"),
        (r"(?:.*/)?[^/]+\.ini", "pyramid", "Pyramid's pserve"),
        (r"(?:.*/)?alembic\.ini", "alembic", "Alembic"),
        (r"(?:.*/)?\.streamlit/[^/]+\.toml", "", "Streamlit"),
        (r"(?:.*/)?(?:luigi|client)\.(?:cfg|toml)", "luigi", "Luigi"),
        (r"(?:.*/)?profiles\.ya?ml", "", "dbt"),
        (r"(?:.*/)?airflow\.cfg", "", "Airflow"),
        (r"(?:.*/)?supervisor(?:d\.conf|/(?:conf\.d/)?[^/]+\.(?:conf|ini))", "", "supervisord"),
        (r"(?:.*/)?uwsgi\.(?:ini|ya?ml|json)", "", "uWSGI"),
        (r"(?:.*/)?(?:\.chalice/config|zappa_settings)\.(?:json|toml|ya?ml)", "", "what deploys it"),
        (
            r"(?:.*/)?(?:Pipfile|(?:package|composer|vercel|firebase)\.json"
            r"|appsettings(?:\.[\w-]+)?\.json|(?:Cargo|fly|netlify|wrangler)\.toml|(?:mkdocs|serverless)\.ya?ml)",
            "",
            "the tool whose file it is",
        ),
    )
)


def found_by(path: str, imported: Collection[str]) -> str | None:
    """The library or tool that finds the settings file at a POSIX path by convention; None if there is none.

    `imported` are the dotted names that the project imports.
    """
    living = ((pattern, who) for pattern, library, who in _CONVENTIONS if not library or library in imported)
    return next((who for pattern, who in living if pattern.fullmatch(path)), None)
