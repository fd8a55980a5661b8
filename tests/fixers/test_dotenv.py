"""`.env` variables to references: who reads them decides, and the file parses to what it was but for the value."""

from __future__ import annotations

import io
import random
import re
import string
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from fixers.dotenv import rewrite
from fixers.model import RefusalReason
from fixers.references import reference
from fixers.rewrite_context import rewrite_context
from fixers.rewriting import CannotRewriteError, Placement, Rewritten, splice
from fixers.workspace import Workspace
from scanner.identity import digest
from scanner.model import CredentialKind, Document, Finding, Kind, Literal, Role, SecretValue, Source, Span
from scanner.readers.dotenv import bindings
from scanner.text import decode

KEY = bytes(range(32))
SECRET = "Zq" + "".join(random.Random("dotenv").choices(string.ascii_letters + string.digits, k=18))
REFERENCE = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"
CALL = 'get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")'
READER = 'import os\npw = os.environ["DB_PASSWORD"]\n'


class Run:
    """One rewrite of a `.env` in a tree of files; `after` are the files as they would be."""

    def __init__(
        self, text: str, files: dict[str, str] | None = None, *, via_run: bool = False, key: str = "DB_PASSWORD",
        path: str = ".env", kind: CredentialKind = CredentialKind.PASSWORD, part: str | None = None, **given: Any,
    ) -> None:  # fmt: skip
        texts = {path: text, **({"app.py": READER} if files is None else files)}
        raws = {name: content.encode() for name, content in texts.items()}
        self.document = decode(Source(path=path, raw=raws[path]), Kind.DOTENV)
        value, span = found(self.document, key)
        if part is not None:
            at = text.index(part)
            span, shown = Span(at, at + len(part)), SecretValue(part)
        else:
            shown = value
        finding = Finding(
            rule="made", title="made", kind=kind, severity="high", path=path, span=span, start=(1, 1), end=(1, 1),
            literal=Literal(span=span, value=value, role=Role.VARIABLE, name=key), value=shown,
        )  # fmt: skip
        self.placement = Placement(
            finding=finding,
            value=value,
            **{"name": "prod/shop/db", "key": "password", "env": "DB_PASSWORD", **given},
        )
        workspace = Workspace(root=Path("/nonexistent"), files=tuple(sorted(raws)), read=lambda name: read(raws, name))
        context = rewrite_context(workspace, key=KEY, via_run=via_run)
        self.result: Rewritten = rewrite(self.document, [self.placement], context)
        edits = [*self.result.edits[0], *self.result.imports]
        self.after = {
            name: splice(content, [edit for edit in edits if edit.path == name]) for name, content in texts.items()
        }

    @property
    def refusal(self) -> RefusalReason | None:
        return self.result.refused[0][0] if self.result.refused else None


def read(raws: dict[str, bytes], name: str) -> bytes:
    if name not in raws:
        raise FileNotFoundError(name)
    return raws[name]


def found(document: Document, key: str) -> tuple[SecretValue, Span]:
    binding = next(each for each in reversed(bindings(document)) if each.key == key)
    assert binding.value is not None
    return binding.value, binding.span


OUTSIDE = {
    "compose's env_file": ("docker-compose.yml", "services:\n  web:\n    env_file: .env\n"),
    "compose's list of env_files": ("compose.yaml", "services:\n  web:\n    env_file:\n      - ./.env\n"),
    "compose's env_file with a path": ("compose.yaml", "services:\n  web:\n    env_file:\n      - path: .env\n"),
    "compose's inline list": ("compose.yaml", 'services:\n  web:\n    env_file: ["a.env", ".env"]\n'),
    "compose's expansion": ("compose.yaml", "services:\n  db:\n    environment:\n      P: ${DB_PASSWORD:-x}\n"),
    "a variable passed on by compose": ("compose.yaml", "services:\n  db:\n    environment:\n      - DB_PASSWORD\n"),
    "a shell that uses it": ("run.sh", 'psql "postgres://u:$DB_PASSWORD@h"\n'),
    "a shell that sources the file": ("bin/run.sh", "set -a\nsource ../.env\n"),
    "a dot command": ("run.sh", "set -a; . ./.env; set +a\n"),
    "docker run": ("Makefile", "run:\n\tdocker run --env-file .env shop\n"),
    "make's include": ("Makefile", "include .env\n"),
    "make's expansion": ("Makefile", "run:\n\techo $(DB_PASSWORD)\n"),
    "a unit": ("shop.service", "[Service]\nEnvironmentFile=-.env\n"),
    "a workflow": (".github/workflows/ci.yml", "run: echo ${DB_PASSWORD}\n"),
    "a Procfile": ("Procfile", "web: run --password $DB_PASSWORD\n"),
    "a Dockerfile": ("Dockerfile.prod", "RUN run --password ${DB_PASSWORD}\n"),
    "a shell that exports its lines": ("run.sh", "export $(grep -v '^#' .env | xargs)\n"),
    "a shell that takes one value of it": ("run.sh", "P=$(cat ./.env | cut -d= -f2)\n"),
    "a shell's loop": ("run.sh", "while read -r line; do export $line; done < .env\n"),
    "kubectl": ("deploy.sh", "kubectl create secret generic shop --from-env-file=.env\n"),
    "a program that loads it for another": ("package.json", '{"scripts": {"dev": "dotenv -e .env -- node a.js"}}\n'),
    "a program without a suffix": ("bin/pay", "#!/usr/bin/env node\nlet p = process.env.DB_PASSWORD\n"),
    "a shell without a suffix": ("bin/pay", "#!/bin/sh\nset -a; . ../.env\n"),
    "Prisma": ("schema.prisma", 'url = env("DB_PASSWORD")\n'),
    "a stack's env_file": ("stack.yml", "services:\n  web:\n    image: a/b\n    env_file: .env\n"),
    "compose's env_file by another name": ("deploy.yml", "services:\n  web:\n    image: a/b\n    env_file: [.env]\n"),
    "a variable passed on by a stack": ("web.yaml", "services:\n  a:\n    image: b\n    environment: [DB_PASSWORD]\n"),
    "PowerShell": ("deploy.ps1", "Write-Host $Env:DB_PASSWORD\n"),
    "PowerShell in braces": ("deploy.ps1", "psql ${env:db_password}\n"),
    "PowerShell's .NET": ("deploy.ps1", "[Environment]::GetEnvironmentVariable('DB_PASSWORD')\n"),
    "a batch file": ("deploy.bat", "psql %db_password%\n"),
    "JavaScript": ("a.js", "const p = process.env.DB_PASSWORD\n"),
    "Ruby": ("a.rb", 'ENV["DB_PASSWORD"]\n'),
}


@pytest.mark.parametrize(("path", "text"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_refuses_a_variable_with_a_reader_outside_python(path: str, text: str) -> None:
    files = {"app.py": READER, path: text}
    run = Run(f"DB_PASSWORD={SECRET}\n", files)
    assert run.refusal is RefusalReason.READER_OUTSIDE_PYTHON
    assert f"{path}:" in run.result.refused[0][1]
    assert run.result.edits == ((),)
    # `unhardcode run` starts our programs, and nothing in an image of somebody else's.
    foreign = RefusalReason.READER_OUTSIDE_PYTHON if "env_file" in text else None
    assert Run(f"DB_PASSWORD={SECRET}\n", files, via_run=True).refusal is foreign


MAPPINGS = {
    "by its name": ('dotenv_values(".env")', True),
    "by nothing": ("dotenv_values()", True),
    "by a path": ('dotenv_values(dotenv_path=HERE / ".env", interpolate=False)', True),
    "by a path that is computed": ("dotenv_values(find_dotenv())", True),
    "another file": ('dotenv_values("other.env")', False),
    "a stream": ("dotenv_values(stream=file)", False),
    "ours already": ('resolve_references(dotenv_values(".env"))', None),
}


@pytest.mark.parametrize(("call", "reads"), MAPPINGS.values(), ids=MAPPINGS.keys())
def test_what_reads_the_file_into_a_dictionary_resolves_its_references(call: str, reads: bool | None) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f"from dotenv import dotenv_values\nconfig = {call}\n"})
    if not reads:
        assert run.refusal is RefusalReason.READER_UNKNOWN
        return
    edits = [edit.new for edit in run.result.edits[0] if edit.path == "app.py"]
    assert edits == [f"resolve_references({call})"]
    assert [edit.new.strip() for edit in run.result.imports] == ["from app_secrets import resolve_references"]


_BASE = "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
_SETTINGS = f"{_BASE}class S(BaseSettings):\n"
FIELDS = {
    "a text": ("    db_password: str\n", "str"),
    "with a prefix": ('    model_config = SettingsConfigDict(env_prefix="DB_")\n    password: str = ""\n', "str"),
    "an annotation in quotes": ("    db_password: 'str'\n", None),
    "one that may be missing": ("    db_password: str | None = None\n", "str | None"),
    "a secret of a module": ("    db_password: pydantic.SecretStr\n", "pydantic.SecretStr"),
    "a URL": ("    db_password: PostgresDsn = Field(repr=False)\n", "PostgresDsn"),
    "by its alias": (
        'import pydantic\nclass S(BaseSettings):\n    p: str = pydantic.Field(\n        alias="DB_PASSWORD",\n    )\n',
        "str",
    ),
    "what is parsed as JSON": ("    db_password: list[str]\n", None),
    "a number": ("    db_password: int\n", None),
    "one that takes all": ('    model_config = SettingsConfigDict(extra="allow")\n    db_password: str\n', None),
    "two on one line": ("    host: str; db_password: str\n", None),
    "one of two sides": ("    db_password: str | int\n", None),
    "a validator that is asked before": (
        "    db_password: str\n    v = field_validator('x', 'db_password', mode='before')(f)\n",
        None,
    ),
    "a validator of all fields": ("    db_password: str\n    v = field_validator('*', mode='wrap')(f)\n", None),
    "a validator of what is computed": ("    db_password: str\n    v = field_validator(*X, mode='before')(f)\n", None),
    "a validator of the model": ("    db_password: str\n    v = model_validator(mode='before')(f)\n", None),
    "a validator of another field": (
        "    db_password: str\n    v = field_validator('x', mode='before')(f)\n",
        "str",
    ),
    "a validator of an old form": ("    db_password: str\n    @validator('x')\n    def f(cls, v): return v\n", None),
}


@pytest.mark.parametrize(("body", "annotation"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_of_pydantics_settings_resolves_what_it_is_given(body: str, annotation: str | None) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f"{_SETTINGS if body.startswith(' ') else _BASE}{body}"})
    if annotation is None:
        assert run.refusal is RefusalReason.READER_NOT_REWRITABLE
        return
    edits = [edit.new for edit in run.result.edits[0] if edit.path == "app.py"]
    assert edits == [f"Annotated[{annotation}, BeforeValidator(resolve_references)]"]
    assert [edit.new.strip() for edit in run.result.imports] == [
        "from typing import Annotated",
        "from pydantic import BeforeValidator",
        "from app_secrets import resolve_references",
    ]


def test_a_field_stays_as_it_is_where_run_resolves_the_reference() -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f"{_SETTINGS}    db_password: str\n"}, via_run=True)
    assert [edit.path for edit in run.result.edits[0]] == [".env"]


OPAQUE = {
    "pydantic's old settings": "from pydantic import BaseSettings\nclass S(BaseSettings):\n    db_password: str\n",
    "a base from elsewhere": "from .base import BaseSettings\nclass S(BaseSettings):\n    db_password: str\n",
    "pydantic's alias": 'class S(B):\n    p: str = Field(validation_alias="DB_PASSWORD")\n',
    "a cast": 'from decouple import config\np = config("DB_PASSWORD", cast=bytes)\n',
    "a converting method": 'import environ\nenv = environ.Env()\np = env.url("DB_PASSWORD")\n',
    "a reader from elsewhere": 'from .base import env\np = env("DB_PASSWORD")\n',
    "click's envvar": '@click.option("--p", envvar="DB_PASSWORD")\ndef f(p): pass\n',
    "pop": 'import os\np = os.environ.pop("DB_PASSWORD")\n',
    "Python of another version": 'import os\nprint os.environ["DB_PASSWORD"]\n',
    "a library's word that others mean otherwise": 'import envloader\np = envloader.get(".env")\n',
    "a method of what a library made": 'import envloader\ne = envloader.Env()\ne.read_env(".env")\n',
    "dotenv_values": 'from dotenv import dotenv_values\np = dotenv_values()["DB_PASSWORD"]\n',
    "a function that is given all": 'import os\ndef f(e):\n    return e["DB_PASSWORD"]\nf(os.environ)\n',
    "a method that is given all": (
        'import os\nclass S:\n    def f(self, m):\n        self.p = m.get("DB_PASSWORD")\nS().f(os.environ)\n'
    ),
    "a class that is given a copy": 'import os\nall_ = {**os.environ}\np = S(all_)\nq = p["DB_PASSWORD"]\n',
    "a reader that is handed on": 'import os\np, = map(os.environ.get, ["DB_PASSWORD"])\n',
    "a copy of all, at once": 'import os\nq = os.environ["DB_PASSWORD"]\np = dict(os.environ)["DB_PASSWORD"]\n',
    "a copy of all with more": 'import os\np = dict(os.environ, X="1").get("DB_PASSWORD")\n',
    "a copy of all in braces": 'import os\np = {**os.environ}.get("DB_PASSWORD")\n',
    "all with others": 'import os\np = (os.environ | more)["DB_PASSWORD"]\n',
    "a computed name in a copy": 'import os\np = dict(os.environ)[x + "_PASSWORD"]\nq = os.environ["DB_PASSWORD"]\n',
    "a getter": 'import os, operator\np = operator.itemgetter("DB_PASSWORD")(os.environ)\n',
    "a method of Python's own": 'import os\ng = os.environ.__getitem__\np = g("DB_PASSWORD")\n',
    "a name that is bound twice": 'import os\ne = os.environ\np = e["DB_PASSWORD"]\ne = os.environ\n',
    "a name of another module's that a function binds too": (
        "import os\nfrom keys import NAME\nx = os.environ[NAME]\n"
        'def f():\n    NAME = "DB_PASSWORD"\n    return os.environ[NAME]\n'
    ),
    "a name that a star may bring": (
        "import os\nfrom keys import *\nx = os.environ[NAME]\n"
        'def f():\n    NAME = "DB_PASSWORD"\n    return os.environ[NAME]\n'
    ),
    "a name for os.environ that is a parameter too": (
        'import os\ncfg = os.environ\ndef f(cfg):\n    return cfg["DB_PASSWORD"]\n'
    ),
    "a reader that is a parameter too": (
        'import environ\nread = environ.Env()\ndef f(read):\n    return read("DB_PASSWORD")\n'
    ),
    "a reader's function that is imported too": (
        "import os\ndef read(name):\n    return os.environ[name]\ntry:\n    from fast import read\n"
        'except ImportError:\n    pass\nx = read("DB_PASSWORD")\n'
    ),
    "a computed name in a file that speaks of the generated module": (
        '# reads app_secrets.py, Generated by unhardcode\nimport os\nx = [os.environ[n + "_PASSWORD"] for n in y]\n'
    ),
    "a cast of django-environ's by position": 'import environ\nenv = environ.Env()\np = env("DB_PASSWORD", list)\n',
    "a cast of starlette's by position": (
        'from starlette.config import Config\nconfig = Config(".env")\np = config("DB_PASSWORD", Secret)\n'
    ),
    "a cast of decouple's by position": 'from decouple import config, Csv\np = config("DB_PASSWORD", "", Csv())\n',
}
HARMLESS = {
    "a list": "files = []\nfiles.append('.env')",
    "a set": "files = set()\nfiles.add('.env')",
    "its example": "import shutil\nshutil.copy('.env.example', '.env')",
    "a library that is known": "import environ\nenv = environ.Env()\nenv.read_env('.env')",
    "a list of the project's own": "from app import FILES\nFILES.append('.env')",
    "a program's environment": "subprocess.run(['a'], env=os.environ)",
    "a program's with more": "subprocess.run(['a'], env={**os.environ, 'A': 'b'})",
    "a copy for a program": "env = os.environ.copy()\nenv['A'] = 'b'\nsubprocess.run(['a'], env=env)",
    "its names": "for name in os.environ: print(name)\nx = [n for n in os.environ], len(os.environ)",
    "another's environment": "os.execvpe('a', ['a'], os.environ)",
}


@pytest.mark.parametrize("text", OPAQUE.values(), ids=OPAQUE.keys())
def test_refuses_a_variable_that_python_reads_in_another_way(text: str) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, "other.py": text})
    assert run.refusal is RefusalReason.READER_NOT_REWRITABLE
    assert "other.py:" in run.result.refused[0][1]


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_reads_no_variable_keeps_none_from_being_moved(text: str) -> None:
    other = f'import os, subprocess\n{text}\nlabels = {{"DB_PASSWORD": 1}}["DB_PASSWORD"]\n'
    assert Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, "other.py": other}).refusal is None


UNKNOWN = {
    "nothing": {},
    "another variable": {"app.py": 'import os\nx = os.environ["OTHER"]\n'},
    "a part of the name": {"run.sh": "echo $DB_PASSWORD_OLD\n", "a.js": "process.env.MY_DB_PASSWORD"},
    "a comment": {"run.sh": "# source .env, uses $DB_PASSWORD\n"},
    "another env file": {"compose.yaml": "services:\n  web:\n    env_file: .env.dev\n"},
    "the same name in another folder": {"a/compose.yaml": "services:\n  web:\n    env_file: web/.env\n"},
    "a shell that writes it": {"run.sh": "sed -i s/a/b/ .env\ncp .env.example .env\n"},
    "documentation": {"README.md": "Set `$DB_PASSWORD`.\n"},
    "a write": {"app.py": 'import os\nos.environ["DB_PASSWORD"] = "x"\n'},
    "the program's own configuration": {"app.py": 'x = app.config["DB_PASSWORD"]\n'},
}


@pytest.mark.parametrize("files", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_refuses_a_variable_that_nothing_reads(files: dict[str, str]) -> None:
    assert Run(f"DB_PASSWORD={SECRET}\n", files).refusal is RefusalReason.READER_UNKNOWN


REFUSED = {
    "interpolation in the value": ("A=1\nDB_PASSWORD=a${A}b\n", RefusalReason.DYNAMIC),
    "a variable made from it": (f"DB_PASSWORD={SECRET}\nURL=http://u:${{DB_PASSWORD}}@h\n", RefusalReason.DYNAMIC),
    "a variable made from it with a default": (f"DB_PASSWORD={SECRET}\nU=${{DB_PASSWORD:-x}}\n", RefusalReason.DYNAMIC),
    "a variable made from it by a shell": (f"DB_PASSWORD={SECRET}\nU=a$DB_PASSWORD\n", RefusalReason.DYNAMIC),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(text: str, reason: RefusalReason) -> None:
    assert Run(text).refusal is reason


@pytest.mark.parametrize(
    ("path", "text", "refused"),
    [
        (".env.local", "URL=http://u:${DB_PASSWORD}@h\n", True),
        ("deploy/.env", "URL=http://u:${DB_PASSWORD:-x}@h\n", True),
        (".env.production", "DB_PASSWORD=x\nURL=http://u:${DB_PASSWORD}@h\n", False),
        (".env.example", "DB_PASSWORD=\nURL=http://u:${DB_PASSWORD}@h\n", False),
        (".env.local", "URL=http://u:${DB_PASSWORD_OLD}@h\n", False),
    ],
)
def test_refuses_a_variable_that_another_file_makes_one_from(path: str, text: str, refused: bool) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, path: text})
    assert run.refusal is (RefusalReason.DYNAMIC if refused else None)
    assert not refused or f"URL ({path}:1)" in run.result.refused[0][1]


def test_run_fills_a_variable_made_from_it_and_the_plan_says_so() -> None:
    text = f"DB_PASSWORD={SECRET}\nURL=http://u:${{DB_PASSWORD}}@h/${{DB_PASSWORD:-x}}\n"
    run = Run(text, via_run=True)
    assert run.refusal is None
    assert run.after[".env"].splitlines()[1] == text.splitlines()[1]
    assert any("URL is put together from DB_PASSWORD" in note for note in run.result.notes)
    assert Run(f"DB_PASSWORD={SECRET}\nU=a$DB_PASSWORD\n", via_run=True).refusal is RefusalReason.DYNAMIC


def test_refuses_a_value_that_is_not_what_would_be_stored() -> None:
    run = Run(f"DB_PASSWORD=http://u:{SECRET}@h\n", part=SECRET)
    assert run.refusal is None
    other = Run(f"DB_PASSWORD={SECRET}\n")
    wrong = Placement(
        finding=other.placement.finding, name="n", key=None, env="DB_PASSWORD", value=SecretValue("something else")
    )
    context = rewrite_context(Workspace(root=Path("/nonexistent"), files=(), read=lambda name: b""), key=KEY)
    assert rewrite(other.document, [wrong], context).refused[0][0] is RefusalReason.DYNAMIC


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"# DB_PASSWORD={SECRET}\nDB_PASSWORD=x\n", RefusalReason.COMMENT),
        (f"DB_PASSWORD=x # {SECRET}\n", RefusalReason.COMMENT),
        (f"DB_PASSWORD=x\n!! {SECRET}\n", RefusalReason.NOT_PARSABLE),
    ],
)
def test_refuses_what_is_no_variables_value(text: str, reason: RefusalReason) -> None:
    assert Run(text, part=SECRET).refusal is reason


def test_refuses_a_reader_in_a_file_that_cannot_be_parsed_by_us() -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER.replace("\n", "\r")})
    assert run.refusal is RefusalReason.READER_NOT_REWRITABLE


def test_the_reason_that_a_readers_file_has_is_told() -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"conf/shop.conf.py": READER, "main.py": "import os\n"})
    reason, why, step = run.result.refused[0]
    assert reason is RefusalReason.READER_NOT_REWRITABLE
    assert why.startswith("DB_PASSWORD is read by conf/shop.conf.py:2: ")
    assert "parsed" not in why
    assert "get_secret_value by hand" not in step


@pytest.mark.parametrize(("name", "key"), [("a:b", None), ("a", "k:l")])
def test_a_reference_cannot_hold_a_colon(name: str, key: str | None) -> None:
    with pytest.raises(CannotRewriteError):
        reference(name, key)


def test_writes_aws_own_references() -> None:
    assert reference("prod/shop/db", "password") == REFERENCE
    assert reference("prod/shop/key", None) == "{{resolve:secretsmanager:prod/shop/key}}"
    assert reference("/prod/shop/key", None) == "{{resolve:ssm-secure:/prod/shop/key}}"


FORMS = {
    "a plain value": ("DB_PASSWORD=SECRET\n", "DB_PASSWORD=REFERENCE\n"),
    "double quotes": ('DB_PASSWORD="SECRET"\n', 'DB_PASSWORD="REFERENCE"\n'),
    "single quotes": ("DB_PASSWORD='SECRET'\n", "DB_PASSWORD='REFERENCE'\n"),
    "export and spaces": ("export DB_PASSWORD = SECRET\n", "export DB_PASSWORD = REFERENCE\n"),
    "a comment behind it": ("DB_PASSWORD=SECRET # why\n", "DB_PASSWORD=REFERENCE # why\n"),
    "a comment behind quotes": ("DB_PASSWORD='SECRET' # why\n", "DB_PASSWORD='REFERENCE' # why\n"),
    "escapes": ('DB_PASSWORD="a\\"SECRET\\n"\n', 'DB_PASSWORD="REFERENCE"\n'),
    "several lines": ('A=1\nDB_PASSWORD="a\nSECRET\nb"\nB=2\n', 'A=1\nDB_PASSWORD="REFERENCE"\nB=2\n'),
    "CRLF": ("# a\r\nDB_PASSWORD=SECRET\r\nB=2\r\n", "# a\r\nDB_PASSWORD=REFERENCE\r\nB=2\r\n"),
    "no final newline": ("DB_PASSWORD=SECRET", "DB_PASSWORD=REFERENCE"),
    "lines that are no variables": ("!!\nDB_PASSWORD=SECRET\n", "!!\nDB_PASSWORD=REFERENCE\n"),
    "a quoted key": ("'DB_PASSWORD'=SECRET\n", "'DB_PASSWORD'=REFERENCE\n"),
    "a dollar sign that is none of ours": ("DB_PASSWORD=SECRET$x\n", "DB_PASSWORD=REFERENCE\n"),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS.keys())
def test_writes_the_reference_and_keeps_the_rest(before: str, after: str) -> None:
    run = Run(before.replace("SECRET", SECRET))
    assert run.refusal is None
    assert run.after[".env"] == after.replace("REFERENCE", REFERENCE)
    parsed = dotenv_values(stream=io.StringIO(run.after[".env"]))
    assert parsed == {**dotenv_values(stream=io.StringIO(before)), "DB_PASSWORD": REFERENCE}


READERS = {
    "os.environ": ('import os\nx = os.environ["DB_PASSWORD"]\n', "x = <CALL>\n"),
    "os.environ.get": ("import os\nx = os.environ.get('DB_PASSWORD')\n", "x = <call>\n"),
    "os.getenv": ('import os\nx = int(os.getenv("DB_PASSWORD"))\n', "x = int(<CALL>)\n"),
    "an alias of os": ('import os as o\nx = o.getenv("DB_PASSWORD")\n', "x = <CALL>\n"),
    "imported names": (
        'from os import environ as e, getenv\nx = e["DB_PASSWORD"] or getenv("DB_PASSWORD")\n',
        "x = <CALL> or <CALL>\n",
    ),
    "django-environ": (
        'import environ\nenv = environ.Env()\nx = env("DB_PASSWORD"), env.str("DB_PASSWORD")\n',
        "x = <CALL>, <CALL>\n",
    ),
    "environs": ('from environs import Env\nenv = Env()\nx = env.str("DB_PASSWORD")\n', "x = <CALL>\n"),
    "decouple": ('from decouple import config\nx = config("DB_PASSWORD")\n', "x = <CALL>\n"),
    "decouple with a cast to what it is": (
        'from decouple import config\nx = config("DB_PASSWORD") + config("DB_PASSWORD", cast=str)\n',
        "x = <CALL> + <CALL>\n",
    ),
    "django-environ with a cast to what it is": (
        'import environ\nenv = environ.Env()\nx = env("DB_PASSWORD", str), env.str("DB_PASSWORD")\n',
        "x = <CALL>, <CALL>\n",
    ),
    "a function's own name": ('import os\ndef f():\n    key = "DB_PASSWORD"\n    return os.environ[key]\n', "<CALL>\n"),
    "an f-string": ("import os\nx = f\"a {os.environ['DB_PASSWORD']} b\"\n", 'x = f"a {<call>} b"\n'),
    "several lines": ('import os\nx = os.environ.get(\n    "DB_PASSWORD",  # why\n)\n', "x = <CALL>\n"),
}


@pytest.mark.parametrize(("before", "after"), READERS.values(), ids=READERS.keys())
def test_rewrites_the_python_that_reads_it(before: str, after: str) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"shop/__init__.py": "", "shop/a.py": before})
    assert run.refusal is None
    assert run.after["shop/a.py"].endswith(after.replace("<CALL>", CALL).replace("<call>", CALL.replace('"', "'")))
    assert "from shop.app_secrets import get_secret_value\n" in run.after["shop/a.py"]
    assert [new.path for new in run.result.new_files] == ["shop/app_secrets.py"]


WITH_A_DEFAULT = {
    "os.environ.get": "x = R(os.environ.get('DB_PASSWORD', 'a'))\n",
    "os.getenv": 'x = int(R(os.getenv("DB_PASSWORD", "a" + b)))\n',
    "django-environ": 'x = R(env("DB_PASSWORD", default=None)), R(env.str("DB_PASSWORD", ""))\n',
    "decouple": 'x = R(config("DB_PASSWORD", default="a")) + R(config("DB_PASSWORD", "a", str))\n',
    "several lines": 'x = R(os.environ.get(\n    "DB_PASSWORD",  # why\n    "a",\n))\n',
    "an f-string": "x = f\"a {R(os.environ.get('DB_PASSWORD', ''))} b\"\n",
    "an or": 'x = R(os.getenv("DB_PASSWORD")) or R(os.environ.get("DB_PASSWORD", b)) or "a"\n',
    "a question before": 'if not R(os.getenv("DB_PASSWORD")):\n    y = R(os.getenv("DB_PASSWORD")) is None\n',
    "a walrus": 'x = 1 if (y := R(os.getenv("DB_PASSWORD", ""))) else 2\n',
    "a walrus without a default": 'if (y := R(os.getenv("DB_PASSWORD"))) and b:\n    pass\n',
    "a walrus that is compared": 'if (y := R(os.getenv("DB_PASSWORD"))) is not None:\n    pass\n',
}


@pytest.mark.parametrize("after", WITH_A_DEFAULT.values(), ids=WITH_A_DEFAULT.keys())
def test_a_read_with_a_default_keeps_it(after: str) -> None:
    """What it gives is resolved: without the variable the program has its default as before, and asks no store."""
    head = "import os, environ\nfrom decouple import config\nenv = environ.Env()\n"
    before = after.replace("R(", "(") if "R((" in after else re.sub(r"R\(((?:[^()]|\([^()]*\))*)\)", r"\1", after)
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": head + before})
    assert run.refusal is None
    assert run.after["app.py"].endswith(after.replace("R(", "resolve_references("))
    assert "get_secret_value" not in run.after["app.py"]
    again = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": run.after["app.py"]})
    assert again.refusal is None
    assert [edit.path for edit in again.result.edits[0]] == [".env"]


def test_a_url_with_a_default_keeps_it() -> None:
    value = f"postgres://u:{SECRET}@h/d"
    given = {"key": "DATABASE_URL", "env": "DATABASE_URL"}
    for read, kept in (
        ('db(default="sqlite:///a")', True),
        ('db("DATABASE_URL", default="a")', True),
        ('db("DATABASE_URL", "sqlite:///a")', True),
        ("db()", False),
    ):
        app = f"import environ\nenv = environ.Env()\nx = env.{read}\n"
        run = Run(f"DATABASE_URL={value}\n", {"app.py": app}, **given)
        default = re.split(r"default=|, ", read)[-1].rstrip(")")
        new = f'env.db_url_config(resolve_references(env("DATABASE_URL", default={default})))\n'
        assert run.after["app.py"].endswith(new) is kept


def test_a_url_with_an_engine_of_its_own_is_not_rewritten() -> None:
    app = 'import environ\nenv = environ.Env()\nx = env.db("DATABASE_URL", "sqlite:///a", "shop.engine")\n'
    run = Run(f"DATABASE_URL=postgres://u:{SECRET}@h/d\n", {"app.py": app}, key="DATABASE_URL", env="DATABASE_URL")
    assert run.refusal is RefusalReason.READER_NOT_REWRITABLE


def test_a_default_that_is_the_value_moves_with_it() -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f'import os\nx = os.getenv("DB_PASSWORD", "{SECRET}")\n'})
    assert run.after["app.py"].endswith(f"x = {CALL}\n")


HELPERS = {
    "a/__init__.py": "",
    "b/__init__.py": "",
    "a/utils.py": "import os\ndef env(name):\n    return os.environ[name]\n",
    "b/utils.py": "import os, json\ndef env(name):\n    return json.loads(os.environ[name])\n",
}


@pytest.mark.parametrize(
    ("path", "imported", "rewritten"),
    [
        ("a/x.py", "from a.utils import env", True),
        ("a/x.py", "from .utils import env", True),
        ("a/x.py", "from . import utils\nenv = utils.env", False),
        ("a/c/x.py", "from ..utils import env", True),
        ("b/x.py", "from a.utils import env", True),
        ("b/x.py", "from b.utils import env", False),
        ("b/x.py", "from .utils import env", False),
        ("b/x.py", "from utils import env", False),  # whichever is on sys.path
    ],
)
def test_a_helper_is_known_by_its_module(path: str, imported: str, rewritten: bool) -> None:
    """Of two files called the same only one gives the variable as it is."""
    run = Run(f"DB_PASSWORD={SECRET}\n", HELPERS | {path: f'{imported}\np = env("DB_PASSWORD")\n'})
    assert (CALL in run.after[path]) is rewritten
    assert run.refusal is (None if rewritten else RefusalReason.READER_NOT_REWRITABLE)


IMPORTED = {
    "by a relative import": ('from .base import env\nx = env("DB_PASSWORD")\n', True),
    "behind a star import": ('from .base import *\nfrom .base import env\nx = env("DB_PASSWORD")\n', True),
    "before a star import": ('from .base import env\nfrom .other import *\nx = env("DB_PASSWORD")\n', False),
    "bound anew": ('from .base import env\nenv = f(env)\nx = env("DB_PASSWORD")\n', False),
    "with a cast": ('from .base import env\nx = env("DB_PASSWORD", list)\n', False),
    "converted": ('from .base import env\nx = env.list("DB_PASSWORD")\n', False),
    "with a computed name": ('from .base import env\nx = env(f"DB_{y}")\n', False),
}


@pytest.mark.parametrize(("text", "rewritten"), IMPORTED.values(), ids=IMPORTED.keys())
def test_an_object_of_another_file_reads_variables_as_it_does_there(text: str, rewritten: bool) -> None:
    base = 'import environ\nenv = environ.Env()\nenv.read_env(".env")\nz = env("DB_PASSWORD")\n'
    run = Run(f"DB_PASSWORD={SECRET}\n", {"s/base.py": base, "s/local.py": text})
    assert (CALL in run.after["s/local.py"]) is rewritten
    assert run.refusal is (None if rewritten else RefusalReason.READER_NOT_REWRITABLE)


@pytest.mark.parametrize("read", ['env("DB_PASSWORD", default="other")', 'env.str("DB_PASSWORD", "other")'])
def test_a_default_of_another_environment_is_kept(read: str) -> None:
    base = 'import environ\nenv = environ.Env()\nenv.read_env(".env")\nz = env("DB_PASSWORD")\n'
    local = f"from .base import env\nx = {read}\n"
    run = Run(f"DB_PASSWORD={SECRET}\n", {"s/base.py": base, "s/local.py": local})
    assert run.after["s/local.py"].endswith(f"x = resolve_references({read})\n")


def test_a_url_that_an_imported_object_reads_without_naming_it_is_seen() -> None:
    base = 'import environ\nenv = environ.Env()\nx = env.str("DATABASE_URL")\n'
    own = 'from .base import env\nDATABASES = {"default": env.db()}\n'
    value = f"postgres://u:{SECRET}@h/d"
    files = {"s/base.py": base, "s/local.py": own}
    run = Run(f"DATABASE_URL={value}\n", files, key="DATABASE_URL", env="DATABASE_URL")
    assert run.refusal is RefusalReason.READER_NOT_REWRITABLE


@pytest.mark.parametrize("functions", [("get_secret_value", "get_secret_bytes"), ("get_secret_bytes",)])
def test_an_older_generated_module_must_have_what_is_imported(functions: tuple[str, ...]) -> None:
    module = "# Generated by unhardcode.\n" + "".join(f"def {name}(name): pass\n" for name in functions)
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, "app_secrets.py": module})
    if len(functions) == 2:
        assert run.refusal is None
    else:
        assert run.result.refused[0][:2] == (
            RefusalReason.NAME_TAKEN,
            "app_secrets.py is marked as generated by unhardcode, and has no get_secret_value",
        )


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ('os.getenv("DB_PASSWORD")', True),
        ('os.environ.get("DB_PASSWORD", "")', False),
        ('env("DB_PASSWORD", default=None)', False),
        ('env.str("DB_PASSWORD", "")', False),
        ('env("DB_PASSWORD")', False),
        ('env("DB_PASSWORD", str)', False),
        ('os.environ["DB_PASSWORD"]', False),
    ],
)
def test_a_variable_that_need_not_be_set_is_told(read: str, told: bool) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f"import environ, os\nenv = environ.Env()\nx = {read}\n"})
    assert run.refusal is None
    assert any(note.startswith("DB_PASSWORD: where it is not set, app.py:3 ") for note in run.result.notes) is told


@pytest.mark.parametrize(
    ("path", "call", "told"),
    [
        (".env", "load_dotenv()", True),
        (".env.local", "load_dotenv()", False),
        (".env.local", 'load_dotenv(BASE / ".env.local")', True),
        (".env.local", 'load_dotenv(dotenv_path=f".env.{stage}")', True),
        (".env.local", "load_dotenv(path)", True),
        (".env", 'env.read_env(".env.test")', False),
        (".env", "# load_dotenv()", False),
    ],
)
def test_the_code_that_loads_this_file_is_told(path: str, call: str, told: bool) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": f"{READER}{call}\n"}, path=path)
    assert run.refusal is None
    assert any(note.startswith(f"{path} is loaded by app.py:3") for note in run.result.notes) is told


def test_rewrites_every_reader_and_proves_each() -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"a.py": READER, "b/c.py": READER})
    assert [edit.path for edit in run.result.edits[0]] == [".env", "a.py", "b/c.py"]
    own, *sites = run.result.proofs[0]
    assert own.variables == (("DB_PASSWORD", SecretValue(REFERENCE)),)
    assert {proof.digest for proof in run.result.proofs[0]} == {digest(KEY, SECRET)}
    assert {proof.expression for proof in run.result.proofs[0]} == {CALL}
    assert [(proof.path, proof.line) for proof in sites] == [("a.py", 2), ("b/c.py", 2)]
    assert all(proof.variables == (("DB_PASSWORD", SecretValue(SECRET)),) for proof in sites)
    assert SECRET not in repr(run.result)


def test_stores_a_url_whole_and_says_so() -> None:
    url = f"postgres://shop:{SECRET}@db/shop"
    files = {"app.py": 'import os\nx = os.environ["DATABASE_URL"]\n'}
    run = Run(
        f"DATABASE_URL={url}\n", files, key="DATABASE_URL", part=SECRET, kind=CredentialKind.URL,
        name="prod/shop/database-url", env="ANY",
    )  # fmt: skip
    assert run.after[".env"] == "DATABASE_URL={{resolve:secretsmanager:prod/shop/database-url:SecretString:password}}\n"
    assert 'env="DATABASE_URL"' in run.after["app.py"]
    assert run.result.proofs[0][1].digest == digest(KEY, url)
    assert "stored whole" in run.result.notes[0]


def test_finds_the_compose_file_of_another_folder() -> None:
    files = {"app.py": READER, "deploy/compose.yaml": "services:\n  web:\n    env_file: ../shop/.env\n"}
    run = Run(f"DB_PASSWORD={SECRET}\n", files, path="shop/.env")
    assert run.refusal is RefusalReason.READER_OUTSIDE_PYTHON


LINES = st.sampled_from(
    ["# a\n", "\n", "A=1\n", "export B='2 #3'\n", 'C="x\ny"\n', "D= # c\n", "E\n", "F=a b\n", "!\n"]
)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\0'\n\\$"), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=4), VALUES, st.sampled_from(["'{}'", "'{}' # c"]))
def test_random_files_parse_to_the_same_but_for_the_reference(
    before: list[str], after: list[str], value: str, form: str
) -> None:
    text = "".join(before) + f"DB_PASSWORD={form.format(value)}\n" + "".join(after)
    run = Run(text)
    assert run.refusal is None
    one, other = (dotenv_values(stream=io.StringIO(each)) for each in (text, run.after[".env"]))
    assert other == {**one, "DB_PASSWORD": REFERENCE}
    (edit, _) = run.result.edits[0]
    assert run.after[".env"] == text[: edit.span.start] + edit.new + text[edit.span.end :]


@pytest.mark.parametrize(
    ("key", "text", "reads"),
    [
        ("PGPASSWORD", "import subprocess\nsubprocess.run(['pg_dump', '-h', 'db'])\n", True),
        ("PGPASSWORD", "import os\nos.system('set -e; /usr/bin/psql -c x')\n", True),
        ("TF_VAR_db", "from subprocess import check_call as c\nCMD = ['terraform', 'plan']\nc(CMD)\n", True),
        ("GH_TOKEN", "import asyncio\nasyncio.create_subprocess_exec('gh', 'pr')\n", True),
        ("GH_TOKEN", "import subprocess\nsubprocess.run(['git', 'push'])\n", False),
        ("PGPASSWORD", "print('pg_dump')\n", False),
        ("DB_PASSWORD", "import subprocess\nsubprocess.run(['pg_dump', '-h', 'db'])\n", False),
        (
            "PGPASSWORD",
            "import os, subprocess\nenv = {**os.environ, 'PGPASSWORD': os.environ['PGPASSWORD']}\n"
            "subprocess.run(['pg_dump'], env=env)\n",
            False,
        ),
    ],
)
def test_what_python_starts_reads_variables_by_itself(key: str, text: str, reads: bool) -> None:
    run = Run(f"{key}={SECRET}\n", {"app.py": READER.replace("DB_PASSWORD", key), "backup.py": text}, key=key, env=key)
    assert run.refusal is (RefusalReason.READER_NOT_REWRITABLE if reads else None)
    assert not reads or "which is started here" in run.result.refused[0][1]


# --- what goes with it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("DB_PASSWORD=\n", "DB_PASSWORD=\n"),
        ("# copy\nDEBUG=1\n", "# copy\nDEBUG=1\nDB_PASSWORD=\n"),
        ("DEBUG=1", "DEBUG=1\nDB_PASSWORD="),
        ("DEBUG=1\r\n", "DEBUG=1\r\nDB_PASSWORD=\r\n"),
        ("", "DB_PASSWORD=\n"),
    ],
)
def test_an_example_beside_gets_the_key_that_it_lacks(example: str, expected: str) -> None:
    files = {"app.py": READER, ".env.example": example, "other/.env.example": "X=1\n"}
    run = Run(f"DB_PASSWORD={SECRET}\n", files)
    assert run.after[".env.example"] == expected
    assert run.after["other/.env.example"] == "X=1\n"


@pytest.mark.parametrize("base", ["postgres:16", "docker.io/postgis/postgis:16-3.4", "python AS b\nFROM redis"])
@pytest.mark.parametrize("build", ["db", "{context: ., dockerfile: db/Dockerfile}"])
@pytest.mark.parametrize("via_run", [False, True])
def test_refuses_what_gets_into_a_server_that_is_built_here(base: str, build: str, via_run: bool) -> None:
    compose = f"services:\n  db:\n    build: {build}\n    env_file: .env\n"
    files = {"app.py": READER, "compose.yaml": compose, "db/Dockerfile": f"FROM {base}\nCOPY x /\n"}
    run = Run(f"DB_PASSWORD={SECRET}\n", files, via_run=via_run)
    assert run.refusal is RefusalReason.READER_OUTSIDE_PYTHON
    files["db/Dockerfile"] = f"FROM {base} AS a\nFROM python:3.12\n"
    assert Run(f"DB_PASSWORD={SECRET}\n", files, via_run=via_run).refusal is None


def test_who_loads_the_file_is_told() -> None:
    loading = f"from dotenv import load_dotenv\nload_dotenv()\n# load_dotenv()\n{READER}"
    notes = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": loading}).result.notes
    assert [note for note in notes if "app.py:2 (load_dotenv)" in note and "app.py:3" not in note]


@pytest.mark.parametrize(
    "service",
    [
        "services:\n  web:\n    build: .\n    env_file: .env\n",
        "services:\n  web:\n    env_file:\n      - a.env\n      - .env\n    build: {context: .}\n",
        "x-web: &web\n  build: .\n  env_file: [.env]\nservices:\n  web:\n    <<: *web\n",
    ],
)
def test_a_service_built_here_resolves_what_env_file_hands_it(service: str) -> None:
    run = Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, "compose.yaml": service})
    assert run.refusal is None
    assert [note for note in run.result.notes if "compose.yaml:" in note and "credentials" in note]
    image = service.replace("build: .", "image: postgres").replace("build: {context: .}", "image: postgres")
    assert Run(f"DB_PASSWORD={SECRET}\n", {"app.py": READER, "compose.yaml": image}).refusal is (
        RefusalReason.READER_OUTSIDE_PYTHON
    )
