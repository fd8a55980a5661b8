"""Texts that read a variable, and those that are written to a file, where it is seen what they read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixers.readers_of import OtherReader, find_readers
from fixers.unseen_readers import UnseenReads
from fixers.variable_mentions import mentions
from fixers.workspace import Workspace

READ = 'import os\nprint(os.environ["DB_PASSWORD"])\n'


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        (READ, True),
        ("echo $DB_PASSWORD", True),
        (f'"""Settings."""\n{READ}', False),
        (f"#!/usr/bin/python\n{READ}", False),
    ],
)
def test_a_text_that_reads_a_variable(text: str, reads: bool) -> None:
    tree = ast.parse(f"x = {text!r}")
    assert bool(list(mentions(tree, lambda name: name == "DB_PASSWORD", (), UnseenReads()))) is reads


FIELDS = "import os\nfrom dataclasses import fields\nclass S:\n    db_password: str\n"


@pytest.mark.parametrize(
    "program",
    [
        'import os\nprint("app:{DB_PASSWORD}@db".format(**os.environ))\n',
        'import os\nprint("app:%(DB_PASSWORD)s@db" % os.environ)\n',
        "import os\nfrom types import SimpleNamespace\ns = SimpleNamespace(**os.environ)\nprint(s.DB_PASSWORD)\n",
        "import os\ndef f(DB_PASSWORD, **others):\n    return DB_PASSWORD\nf(**os.environ)\n",
        "import os\nfrom pydantic import BaseModel\nclass S(BaseModel):\n    DB_PASSWORD: str\n"
        "S.model_validate(os.environ)\n",
        "import os\nglobals().update(os.environ)\nprint(DB_PASSWORD)\n",
        "import os\nclass S: pass\ns = S()\ns.__dict__.update(os.environ)\nprint(s.DB_PASSWORD)\n",
        'import os\nd = dict(**os.environ)\nprint(d["DB_PASSWORD"])\n',
        'import os\nprint([os.environ[name] for name in "DB_PASSWORD DB_HOST".split()])\n',
        "import os\nclass C:\n    def __init__(self): self.env = os.environ\n"
        '    def read(self, name): return self.env.get(name)\nprint(C().read("DB_PASSWORD"))\n',
        f"{FIELDS}print(S(*[os.environ[f.name.upper()] for f in fields(S)]))\n",
        "import os\nclass S:\n    DB_PASSWORD: str\n    def __init__(self):\n"
        "        for name in self.__annotations__:\n            setattr(self, name, os.environ.get(name))\n",
        "import os\nfrom enum import Enum\nclass V(Enum):\n    DB_PASSWORD = 1\n"
        "    def get(self): return os.environ[self.name]\n",
        "import os\nclass Env:\n    def __set_name__(self, owner, name): self.name = name\n"
        "    def __get__(self, it, owner=None): return os.environ[self.name]\n"
        "class S:\n    DB_PASSWORD = Env()\nprint(S().DB_PASSWORD)\n",
    ],
)
def test_what_reads_a_variable_by_a_name_that_is_no_text(program: str) -> None:
    assert _opaque({"app.py": program, "main.py": READ})


def test_a_class_whose_base_reads_variables_named_as_its_members() -> None:
    base = "import os\nclass Base:\n    def __init__(self):\n        for name in self.__annotations__:\n"
    base += "            setattr(self, name, os.environ[name.upper()])\n"
    child = "from base import Base\nclass S(Base):\n    db_password: str\n"
    assert _opaque({"base.py": base, "app.py": child, "main.py": READ})


@pytest.mark.parametrize(
    "program",
    [
        'import os\ndef flag(name): return os.environ[name] == "1"\n'
        'class S:\n    db_password: str\n    debug = flag("DEBUG")\n'
        'raise RuntimeError("Set DB_PASSWORD and DEBUG")\n',
        'import os, subprocess\nenv = dict(os.environ, X="1")\nsubprocess.run(["true"], env=env)\n',
        'import os\nprint("%s" % os.environ["HOME"])\n',
    ],
)
def test_what_reads_only_what_it_names(program: str) -> None:
    assert not _opaque({"app.py": program, "main.py": READ})


@pytest.mark.parametrize(
    ("key", "program"),
    [
        ("SLACK_BOT_TOKEN", "from slack_bolt import App\napp = App()\n"),
        ("SLACK_SIGNING_SECRET", "from slack_bolt.async_app import AsyncApp\napp = AsyncApp()\n"),
        ("PINECONE_API_KEY", "from pinecone import Pinecone\npc = Pinecone()\n"),
        ("GOOGLE_API_KEY", 'import langchain_google_genai as g\nllm = g.ChatGoogleGenerativeAI(model="m")\n'),
    ],
)
def test_what_a_library_reads_by_itself(key: str, program: str) -> None:
    assert _opaque({"app.py": program}, key)


def _opaque(files: dict[str, str], key: str = "DB_PASSWORD") -> tuple[OtherReader, ...]:
    raws = {path: text.encode() for path, text in files.items()}
    workspace = Workspace(root=Path("/nonexistent"), files=tuple(raws), read=raws.__getitem__)
    return find_readers(workspace, [key], ".env")[key].opaque
