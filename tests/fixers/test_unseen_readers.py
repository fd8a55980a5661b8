"""Reads of the environment that name no variable, or name it elsewhere, are known by where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixers.readers_of import Readers, find_readers
from fixers.workspace import Workspace

READ = "A = os.environ['DB_PASSWORD']\n"


def readers(key: str = "DB_PASSWORD", others: Mapping[str, str] | None = None, **files: str) -> Readers:
    texts = {f"{name}.py": f"import os\n{text}".encode() for name, text in files.items()}
    texts |= {path: text.encode() for path, text in (others or {}).items()}

    def read(path: str) -> bytes:
        if path not in texts:
            raise FileNotFoundError(path)
        return texts[path]

    workspace = Workspace(root=Path("/nonexistent"), files=tuple(sorted(texts)), read=read)
    return find_readers(workspace, [key], ".env")[key]


SEEN = {
    "a list of names": "X = [os.environ[n] for n in ('DB_PASSWORD', 'HOME')]\n",
    "a name in lower case": "X = {n: os.getenv(n.upper()) for n in ['db_password']}\n",
    "a part of the name": "def f(stage): return os.getenv('%s_PASSWORD' % stage)\n",
    "its end": "def f(stage): return os.environ.get(stage + '_PASSWORD')\n",
    "its beginning": "def f(what): return os.environ.get('DB_' + what)\n",
    "a form": "def f(stage): return os.environ['{}_PASSWORD'.format(stage)]\n",
    "all of the environment": "X = {k: v for k, v in os.environ.items()}\n",
    "a template": "import string\nX = string.Template('x').substitute(os.environ)\n",
    "a shell": "os.system('mysql -p$DB_PASSWORD')\n",
    "bytes": "X = os.environb[b'DB_PASSWORD']\n",
    "a function that changes it": "def f(name): return os.environ[name].strip()\nX = f('DB_PASSWORD')\n",
    "a function, in a loop": "def f(name): return os.environ[name]\nX = [f(n) for n in ['DB_PASSWORD']]\n",
}
UNSEEN = {
    "a presence check": "for n in ('DB_PASSWORD',):\n    assert n in os.environ\n",
    "a comparison": "X = [os.environ[n] for n in X if n != 'DB_PASSWORD']\n",
    "a mapping's key that is looked up": "X = os.environ[n]\nY = Z['DB_PASSWORD']\n",
    "another prefix": "X = {k: v for k, v in os.environ.items() if k.startswith('APP_')}\n",
    "another end": "X = os.environ[f'{stage}_TOKEN']\n",
    "a docstring": "def f(n):\n    'Reads $DB_PASSWORD.'\n    return os.environ[n]\n",
    "a copy for a child": "import subprocess\nsubprocess.run(['x'], env={**os.environ, 'A': 'b'})\n",
    "what sets it": "def f(m): m.setenv('DB_PASSWORD', 'x')\nX = os.environ[n]\n",
}


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_a_read_that_does_not_name_the_variable_is_seen(text: str) -> None:
    found = readers(app=READ, other=text)
    assert {reader.path for reader in found.opaque} == {"other.py"}
    assert [site.path for site in found.python] == ["app.py"]


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_what_reads_no_such_variable_is_left_alone(text: str) -> None:
    assert readers(app=READ, other=text).opaque == ()


@pytest.mark.parametrize(
    "use",
    [
        "from util import env\nA = env('DB_PASSWORD')\n",
        "from .util import env as e\nA = e('DB_PASSWORD', None)\n",
        "import util\nA = util.env('DB_PASSWORD')\n",
    ],
)
def test_a_helper_of_another_module_is_a_read_that_can_be_rewritten(use: str) -> None:
    found = readers(util="def env(name, default=None): return os.environ.get(name, default)\n", app=use)
    assert (len(found.python), found.opaque) == (1, ())


def test_a_method_that_gives_the_variable_can_be_rewritten_in_its_class() -> None:
    text = (
        "class C:\n    def get(self, name): return os.environ[name]\n    def f(self): return self.get('DB_PASSWORD')\n"
    )
    assert len(readers(app=text).python) == 1
    found = readers(app=text, other="X = C().get('DB_PASSWORD')\n")
    assert [reader.path for reader in found.opaque] == ["other.py"]


def test_a_library_that_is_not_given_its_key_reads_it_by_itself() -> None:
    read = "A = os.environ['OPENAI_API_KEY']\nimport openai\n"
    assert readers("OPENAI_API_KEY", app=f"{read}c = openai.OpenAI(timeout=1)\n").opaque
    assert not readers("OPENAI_API_KEY", app=f"{read}c = openai.OpenAI(api_key=A)\n").opaque
    assert not readers("OPENAI_API_KEY", app=f"{read}c = openai.OpenAI(**options)\n").opaque


def test_libraries_that_read_a_variable_of_their_own_choice() -> None:
    read = "A = os.environ['DATABASE_URL']\n"
    assert readers(
        "DATABASE_URL", app=f"{read}import dj_database_url\nD = dj_database_url.config(conn_max_age=1)\n"
    ).opaque
    assert readers("DATABASE_URL", app=f"{read}import environ\nenv = environ.Env()\nD = env.db()\n").opaque
    assert not readers("DATABASE_URL", app=f"{read}D = shop.db()\n").opaque
    flask = "A = os.environ['FLASK_TOKEN']\napp.config.from_prefixed_env()\n"
    assert readers("FLASK_TOKEN", app=flask).opaque
    assert not readers("FLASK_TOKEN", app=flask.replace("env()", "env('SHOP')")).opaque


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("profiles.yml", "password: \"{{ env_var('DB_PASSWORD') }}\"\n"),
        ("conf.yaml", "password: ${oc.env:DB_PASSWORD}\n"),
        ("play.yml", "password: \"{{ lookup('env', 'DB_PASSWORD') }}\"\n"),
        ("conf.yaml", "password: !ENV DB_PASSWORD\n"),
        ("supervisord.conf", "command=run %(ENV_DB_PASSWORD)s\n"),
        ("nomad.tmpl", '{{ env "DB_PASSWORD" }}\n'),
    ],
)
def test_a_template_that_fills_the_variable_in_is_a_reader(path: str, text: str) -> None:
    assert [reader.path for reader in readers(app=READ, others={path: text}).outside] == [path]


def test_a_setting_that_names_the_variable_counts_where_code_reads_by_computed_names() -> None:
    setting = {"conf.yaml": "password_env: DB_PASSWORD  # where it is\nuser: app\n"}
    assert not readers(app=READ, others=setting).outside
    computed = "def f(conf): return os.environ[conf['password_env']]\n"
    assert [reader.line for reader in readers(app=READ, other=computed, others=setting).outside] == [1]
    sets = {"conf.yaml": "env: {DB_PASSWORD: x}\nDB_PASSWORD: y\n"}
    assert not readers(app=READ, other=computed, others=sets).outside
