"""Where the generated module goes: small trees, and imports that really resolve there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from fixers.hidden_modules import BEHIND_BOTO3
from fixers.module_place import place_module
from fixers.project_imports import imported_modules
from fixers.rewrite_context import rewrite_context
from fixers.workspace import open_workspace

KEY = bytes(32)


def tree(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def placed(root: Path, files: dict[str, str], path: str) -> tuple[str, str, bool]:
    """Path of the module, its name in the import line, and whether it would be new."""
    tree(root, files)
    context = rewrite_context(open_workspace(root, files), key=KEY)
    place = place_module(path, ast.parse(files[path]), context)
    return place.path, place.module, place.new_file is not None


MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}.settings")\n'
DJANGO = {"manage.py": MANAGE.format("shop"), "shop/__init__.py": "", "shop/settings.py": "", "blog/__init__.py": ""}

TREES = {
    "a configuration that the only package imports": (
        {"config.py": "", "shop/__init__.py": "from config import Config\n"},
        "config.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a configuration that a module of the only package imports": (
        {"config.py": "", "shop/__init__.py": "", "shop/db.py": "from config import Config\n"},
        "config.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a function beside a library that pip installed there": (
        {"load.py": "import yaml\n", "yaml/__init__.py": "", "PyYAML-6.0.dist-info/METADATA": ""},
        "load.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a function beside its copy of boto3": (
        {"load.py": "import boto3\n", "boto3/__init__.py": "", "boto3/session.py": ""},
        "load.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a script beside a package that starts something": (
        {"load.py": "", "shop/__init__.py": "app = create()\n"},
        "load.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a script that imports the package that starts something": (
        {"load.py": "import shop\n", "shop/__init__.py": "app = create()\n"},
        "load.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a script alone": ({"app.py": ""}, "app.py", "app_secrets.py", "app_secrets"),
    "a script in a folder": ({"bin/app.py": ""}, "bin/app.py", "bin/app_secrets.py", "app_secrets"),
    "a module of a package": (
        {"shop/__init__.py": "", "shop/db.py": ""},
        "shop/db.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a package's __init__": (
        {"shop/__init__.py": ""},
        "shop/__init__.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "an app of a Django project": (
        {**DJANGO, "blog/models.py": ""},
        "blog/models.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a script beside a Django project": (
        {**DJANGO, "sync.py": ""},
        "sync.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "an app that is published without its project": (
        {**DJANGO, "blog/models.py": "", "pyproject.toml": ""},
        "blog/models.py",
        "blog/app_secrets.py",
        "blog.app_secrets",
    ),
    "an app of a project for tests": (
        {"manage.py": MANAGE.format("tests"), "tests/__init__.py": "", "blog/__init__.py": "", "blog/models.py": ""},
        "blog/models.py",
        "blog/app_secrets.py",
        "blog.app_secrets",
    ),
    "a package below src": (
        {"src/shop/__init__.py": "", "src/shop/db/__init__.py": "", "src/shop/db/a.py": ""},
        "src/shop/db/a.py",
        "src/shop/app_secrets.py",
        "..app_secrets",
    ),
    "a package below src that is imported": (
        {"src/shop/__init__.py": "", "src/shop/sub/__init__.py": "", "src/shop/sub/a.py": "", "t.py": "import shop\n"},
        "src/shop/sub/a.py",
        "src/shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a namespace package that only its own file shows": (
        {"acme/shop/db.py": "import acme.web.x\nsecret = 1\n", "acme/web/x.py": ""},
        "acme/shop/db.py",
        "acme/shop/app_secrets.py",
        "acme.shop.app_secrets",
    ),
    "a script that puts its namespace on the path itself": (
        {"acme/shop/db.py": "import sys\nsys.path.append('..')\nimport acme.web.x\n", "acme/web/x.py": ""},
        "acme/shop/db.py",
        "acme/shop/app_secrets.py",
        "app_secrets",
    ),
    "a namespace package below a byte order mark": (
        {"acme/shop/db.py": "", "main.py": "\ufefffrom acme.shop import db\n"},
        "acme/shop/db.py",
        "acme/shop/app_secrets.py",
        "acme.shop.app_secrets",
    ),
    "relative imports": (
        {"shop/__init__.py": "", "shop/db/__init__.py": "", "shop/db/a.py": "from . import b\n", "shop/db/b.py": ""},
        "shop/db/a.py",
        "shop/app_secrets.py",
        "..app_secrets",
    ),
    "relative imports at the top of the package": (
        {"shop/__init__.py": "from .a import b\n", "shop/a.py": "b = 1\n"},
        "shop/__init__.py",
        "shop/app_secrets.py",
        ".app_secrets",
    ),
    "a script's imports in a package": (
        {"shop/__init__.py": "", "shop/main.py": "import settings\n", "shop/settings.py": ""},
        "shop/main.py",
        "shop/app_secrets.py",
        "app_secrets",
    ),
    "a module called like the library that it imports": (
        {"shop/__init__.py": "from .celery import app\n", "shop/celery.py": "from celery import Celery as app\n"},
        "shop/celery.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a module beside one that is called like a library": (
        {"shop/__init__.py": "", "shop/celery.py": "import celery.app\n", "shop/tasks.py": "import celery\n"},
        "shop/tasks.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a module beside one that the package imports relatively": (
        {"shop/__init__.py": "from . import a, requests\n", "shop/requests.py": "", "shop/web.py": "import requests\n"},
        "shop/web.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a folder whose modules are named in strings": (
        {"cogs/music.py": "", "bot.py": "load(f'cogs.{name}')\n"},
        "cogs/music.py",
        "cogs/app_secrets.py",
        "cogs.app_secrets",
    ),
    "a package in src that is named in a string": (
        {"src/shop/__init__.py": "", "src/shop/db.py": "", "manage.py": "setdefault('X', 'shop.settings')\n"},
        "src/shop/db.py",
        "src/shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a package in src whose name alone is in a string": (
        {"src/shop/__init__.py": "", "src/shop/db.py": "", "manage.py": "x = 'shop'\n"},
        "src/shop/db.py",
        "src/shop/app_secrets.py",
        ".app_secrets",
    ),
    "a folder of modules that are all loaded": (
        {"cogs/a.py": "", "bot.py": "for x in os.listdir('./cogs'):\n    bot.load_extension(f'cogs.{x[:-3]}')\n"},
        "cogs/a.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a package of modules that it loads itself": (
        {"plugins/__init__.py": "import pkgutil\nfor x in pkgutil.iter_modules(__path__): pass\n", "plugins/a.py": ""},
        "plugins/a.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a package with a folder of modules that are all loaded": (
        {
            "shop/__init__.py": "from shop import plugins\nfor x in pkgutil.iter_modules(plugins.__path__): pass\n",
            "shop/plugins/__init__.py": "",
            "shop/plugins/a.py": "",
        },
        "shop/plugins/a.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a package with a folder of modules that are found by parts of its path": (
        {
            "shop/__init__.py": "for x in scandir(root / 'shop' / 'plugins'): import_module(f'shop.plugins.{x}')\n",
            "shop/web/__init__.py": "",
            "shop/web/a.py": "",
            "shop/plugins/a.py": "",
        },
        "shop/web/a.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a package that lists its data": (
        {"shop/__init__.py": "for x in os.listdir('shop'): print(x)\n", "shop/a.py": ""},
        "shop/a.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a file that is loaded by its path": (
        {"etc/conf.py": "", "shop/__init__.py": "", "shop/a.py": "spec_from_file_location('c', '/x/etc/conf.py')\n"},
        "etc/conf.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a file that Flask reads by its path": (
        {"instance/config.py": "", "shop/__init__.py": "app.config.from_pyfile('config.py')\n"},
        "instance/config.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a file that is executed": (
        {"etc/conf.py": "", "main.py": "exec(open('etc/conf.py').read())\n"},
        "etc/conf.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a revision of Alembic's, which takes every file beside it for one": (
        {
            "alembic.ini": "[alembic]\nscript_location = db\nprepend_sys_path = .\n",
            "db/env.py": "from alembic import context\n",
            "db/versions/a.py": 'revision = "a"\ndown_revision = None\n',
        },
        "db/versions/a.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "Alembic's env.py, which imports a package": (
        {
            "src/shop/__init__.py": "",
            "src/shop/models.py": "",
            "migrations/env.py": "from alembic import context\nfrom shop.models import Base\n",
        },
        "migrations/env.py",
        "src/shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "Alembic's env.py of a Flask application": (
        {"app.py": "", "migrations/env.py": "from alembic import context\nfrom flask import current_app\n"},
        "migrations/env.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a function that is given what Jupyter's configuration calls": (
        {"bin/app.py": "def start(get_config):\n    return get_config().port\n"},
        "bin/app.py",
        "bin/app_secrets.py",
        "app_secrets",
    ),
    "a file that gunicorn is configured by": (
        {"deploy/gunicorn.py": "", "Procfile": "web: gunicorn --config deploy/gunicorn.py shop:app\n"},
        "deploy/gunicorn.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a method called exec": (
        {"etc/conf.py": "", "main.py": "db.exec('etc/conf.py')\n"},
        "etc/conf.py",
        "etc/app_secrets.py",
        ".app_secrets",
    ),
    "a program that is loaded by its path too": (
        {"bin/run.py": "if __name__ == '__main__': x()\n", "load.py": "spec_from_file_location('c', 'bin/run.py')\n"},
        "bin/run.py",
        "bin/app_secrets.py",
        "app_secrets",
    ),
    "a program that only a test loads by its path": (
        {"bin/run.py": "", "tests/test_run.py": "spec_from_file_location('c', 'bin/run.py')\n"},
        "bin/run.py",
        "bin/app_secrets.py",
        "app_secrets",
    ),
    "a file that is loaded by one that is no Python": (
        {"etc/conf.py": "", "load.py": "(spec_from_file_location('c', 'conf.py')\n"},
        "etc/conf.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a module that a container starts": (
        {"app/main.py": "", "Dockerfile": 'CMD ["uvicorn", "app.main:app"]\n'},
        "app/main.py",
        "app/app_secrets.py",
        "app.app_secrets",
    ),
    "a file that a container starts": (
        {"app/main.py": "", "Dockerfile": 'CMD ["python", "app/main.py"]\n'},
        "app/main.py",
        "app/app_secrets.py",
        ".app_secrets",
    ),
    "a handler of the serverless framework": (
        {"src/app.py": "", "serverless.yml": "functions:\n  a:\n    handler: src/app.main\n"},
        "src/app.py",
        "src/app_secrets.py",
        "src.app_secrets",
    ),
    "a page of Streamlit": (
        {"Home.py": "", "pages/1_a.py": "import streamlit as st\n"},
        "pages/1_a.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a script beside its package": (
        {"manage.py": "", "shop/__init__.py": ""},
        "manage.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a script beside two packages": (
        {"manage.py": "", "shop/__init__.py": "", "mail/__init__.py": ""},
        "manage.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "a script that imports one of two packages": (
        {"manage.py": "from mail.a import b\n", "shop/__init__.py": "", "mail/__init__.py": "", "mail/a.py": "b = 1\n"},
        "manage.py",
        "mail/app_secrets.py",
        "mail.app_secrets",
    ),
    "a script beside a package of tests": (
        {"manage.py": "", "tests/__init__.py": ""},
        "manage.py",
        "app_secrets.py",
        "app_secrets",
    ),
    "one of two packages": (
        {"shop/__init__.py": "", "shop/a.py": "", "mail/__init__.py": ""},
        "shop/a.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a namespace package": (
        {"acme/shop/db.py": "", "main.py": "from acme.shop import db\n"},
        "acme/shop/db.py",
        "acme/shop/app_secrets.py",
        "acme.shop.app_secrets",
    ),
    "a package below a folder that may be part of its name": (
        {"services/shop/__init__.py": "", "services/shop/db.py": ""},
        "services/shop/db.py",
        "services/shop/app_secrets.py",
        ".app_secrets",
    ),
    "a namespace package below src": (
        {"src/acme/shop/db.py": "", "src/main.py": "import acme.shop.db\n"},
        "src/acme/shop/db.py",
        "src/acme/shop/app_secrets.py",
        "acme.shop.app_secrets",
    ),
    "a package in a namespace": (
        {"acme/shop/__init__.py": "", "acme/shop/db.py": "", "main.py": "from acme.shop.db import (\n  x,\n)\n"},
        "acme/shop/db.py",
        "acme/shop/app_secrets.py",
        "acme.shop.app_secrets",
    ),
    "a folder of scripts named like a library": (
        {"redis/run.py": "#!/usr/bin/python\n", "main.py": "import redis\n"},
        "redis/run.py",
        "redis/app_secrets.py",
        "app_secrets",
    ),
    "a module of that name": ({"app.py": "", "app_secrets.py": ""}, "app.py", "app_secrets_.py", "app_secrets_"),
    "a module of that name in capitals": (
        {"app.py": "", "App_Secrets.py": ""},
        "app.py",
        "app_secrets_.py",
        "app_secrets_",
    ),
    "a folder of that name": ({"app.py": "", "app_secrets/a.txt": ""}, "app.py", "app_secrets_.py", "app_secrets_"),
    "an installed module of that name": (
        {"app.py": "import app_secrets\n"},
        "app.py",
        "app_secrets_.py",
        "app_secrets_",
    ),
    "an app of a Django project in a folder that is a package": (
        {
            "api/__init__.py": "",
            **{f"api/{path}": text for path, text in DJANGO.items()},
            "api/blog/models.py": "from . import x\n",
        },
        "api/blog/models.py",
        "api/shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a Django project that is imported with its folder": (
        {
            "api/__init__.py": "",
            **{f"api/{path}": text for path, text in DJANGO.items()},
            "api/blog/models.py": "import api.shop.settings\n",
        },
        "api/blog/models.py",
        "api/app_secrets.py",
        "api.app_secrets",
    ),
    "a package that its program is started in": (
        {
            "app/__init__.py": "",
            "app/main.py": "from core import config\n",
            "app/core/__init__.py": "",
            "app/core/config.py": "",
        },
        "app/core/config.py",
        "app/core/app_secrets.py",
        "core.app_secrets",
    ),
    "a package that holds what is called like a library": (
        {
            "shop/__init__.py": "",
            "shop/plugins/__init__.py": "",
            "shop/plugins/flask/__init__.py": "",
            "shop/plugins/flask/views.py": "import flask.views\n",
            "shop/web.py": "import shop.plugins.flask\n",
        },
        "shop/plugins/flask/views.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a package whose first file a build looks into": (
        {"shop/__init__.py": "from . import web\n", "build.py": "exec(open('shop/__init__.py').read())\n"},
        "shop/__init__.py",
        "shop/app_secrets.py",
        ".app_secrets",
    ),
    "a file of a package that is loaded by its path": (
        {
            "shop/__init__.py": "app.config.from_pyfile('conf.py')\n",
            "shop/conf.py": "",
            "shop/web.py": "import shop.db\n",
        },
        "shop/conf.py",
        "shop/app_secrets.py",
        "shop.app_secrets",
    ),
    "a repository that is a package which something loads by the folder's name": (
        {"__init__.py": "def classFactory(iface):\n    from .plugin import Plugin\n", "plugin.py": ""},
        "plugin.py",
        "app_secrets.py",
        ".app_secrets",
    ),
    "a folder in such a repository": (
        {"__init__.py": "from .nodes import load\n", "nodes/__init__.py": "", "nodes/load.py": ""},
        "nodes/load.py",
        "nodes/app_secrets.py",
        ".app_secrets",
    ),
    "a module of Odoo": (
        {"shop/__manifest__.py": "{}", "shop/__init__.py": "", "shop/models/__init__.py": "", "shop/models/a.py": ""},
        "shop/models/a.py",
        "shop/app_secrets.py",
        "..app_secrets",
    ),
    "a repository that is a module of Odoo": (
        {"__manifest__.py": "{}", "__init__.py": "", "models/__init__.py": "from . import a\n", "models/a.py": ""},
        "models/a.py",
        "models/app_secrets.py",
        ".app_secrets",
    ),
    "an application of Chalice": (
        {"app.py": "from chalice import Chalice\n", ".chalice/config.json": "{}"},
        "app.py",
        "chalicelib/app_secrets.py",
        "chalicelib.app_secrets",
    ),
    "an application of another framework": ({"app.py": "import flask\n"}, "app.py", "app_secrets.py", "app_secrets"),
    "a repository that is a package": ({"__init__.py": "", "a.py": ""}, "a.py", "app_secrets.py", "app_secrets"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "path", "module", "name"), TREES.values(), ids=TREES.keys())
def test_places(tmp_path: Path, files: dict[str, str], path: str, module: str, name: str) -> None:
    assert placed(tmp_path, files, path) == (module, name, True)


PROGRAM = "if __name__ == '__main__': x()\n"
SAM = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: ./hello/\n"
STARTED = {
    "a file of a folder that nothing speaks of": ({"jobs/run.py": ""}, "jobs/run.py", "app_secrets"),
    "a program in a folder": ({"jobs/run.py": PROGRAM}, "jobs/run.py", None),
    "a script by its first line": ({"jobs/run.py": "#!/usr/bin/env python3\n"}, "jobs/run.py", None),
    "a file of a folder that its neighbours show on the path": (
        {"jobs/run.py": "", "jobs/all.py": "import run\n"},
        "jobs/run.py",
        None,
    ),
    "a file that imports its neighbours": (
        {"jobs/run.py": "import conf\n", "jobs/conf.py": ""},
        "jobs/run.py",
        None,
    ),
    "a file of a folder that is a project": ({"jobs/run.py": "", "jobs/pyproject.toml": ""}, "jobs/run.py", None),
    "a file that puts folders on the path": (
        {"jobs/run.py": "import sys\nsys.path.append('x')\n"},
        "jobs/run.py",
        None,
    ),
    "a file of Airflow in a package": (
        {"dags/__init__.py": "", "dags/load.py": "from airflow import DAG\n"},
        "dags/load.py",
        "app_secrets",
    ),
    "a program in a package": ({"bin/__init__.py": "", "bin/run.py": PROGRAM}, "bin/run.py", "app_secrets"),
    "a module in a package": ({"bin/__init__.py": "", "bin/run.py": ""}, "bin/run.py", None),
    "a program that imports its package": (
        {"bin/__init__.py": "", "bin/run.py": "import bin\n" + PROGRAM},
        "bin/run.py",
        None,
    ),
    "a program that imports relatively": (
        {"bin/__init__.py": "", "bin/run.py": "from . import x\n" + PROGRAM},
        "bin/run.py",
        None,
    ),
    "a program that is imported": (
        {"bin/__init__.py": "", "bin/run.py": PROGRAM, "a.py": "import bin.run\n"},
        "bin/run.py",
        "app_secrets",
    ),
    "a program deep in a package": (
        {"shop/__init__.py": "", "shop/a/__init__.py": "", "shop/a/run.py": PROGRAM},
        "shop/a/run.py",
        "app_secrets",
    ),
    "a program deep in a package that imports what is beside the package": (
        {"conf.py": "", "shop/__init__.py": "", "shop/a/__init__.py": "", "shop/a/run.py": "import conf\n" + PROGRAM},
        "shop/a/run.py",
        None,
    ),
    "a program without a test": ({"bin/__init__.py": "", "bin/run.py": "start()\n"}, "bin/run.py", "app_secrets"),
    "a program without a test that loops": (
        {"bin/__init__.py": "", "bin/run.py": "while True:\n    start()\n"},
        "bin/run.py",
        "app_secrets",
    ),
    "a module that does something and is imported": (
        {"bin/__init__.py": "", "bin/run.py": "start()\n", "a.py": "from bin import run\n"},
        "bin/run.py",
        None,
    ),
    "a module that does something and is imported relatively": (
        {"bin/__init__.py": "", "bin/run.py": "start()\n", "bin/a.py": "from . import (\n    b,\n    run,\n)\n"},
        "bin/run.py",
        None,
    ),
    "a module that only defines": (
        {"bin/__init__.py": "", "bin/run.py": '"""Run."""\nA = start()\n'},
        "bin/run.py",
        None,
    ),
    "a program beside a package": ({"run.py": PROGRAM, "shop/__init__.py": ""}, "run.py", None),
    "a program alone": ({"run.py": PROGRAM}, "run.py", None),
    "a function that tests import from its package": (
        {
            "template.yaml": SAM,
            "hello/__init__.py": "",
            "hello/app.py": "",
            "tests/test_a.py": "from hello import app\n",
        },
        "hello/app.py",
        "app_secrets",
    ),
    "a function without a package": ({"template.yaml": SAM, "hello/app.py": ""}, "hello/app.py", None),
}


@pytest.mark.parametrize(("files", "path", "alone"), STARTED.values(), ids=STARTED.keys())
def test_what_a_program_in_a_package_finds_where_it_is_started_by_its_path(
    tmp_path: Path, files: dict[str, str], path: str, alone: str | None
) -> None:
    tree(tmp_path, files)
    context = rewrite_context(open_workspace(tmp_path, files), key=KEY)
    assert place_module(path, ast.parse(files[path]), context).alone == alone


RUN = {
    "a script in a folder": ({"bin/app.py": ""}, "bin/app.py", ["bin/app.py"]),
    "a module": ({"shop/__init__.py": "", "shop/db.py": ""}, "shop/db.py", ["-m", "shop.db"]),
    "relative": (
        {"shop/__init__.py": "", "shop/db/__init__.py": "", "shop/db/a.py": "from . import b\n", "shop/db/b.py": ""},
        "shop/db/a.py",
        ["-m", "shop.db.a"],
    ),
    "script style in a package": (
        {"shop/__init__.py": "", "shop/main.py": "import settings\n", "shop/settings.py": ""},
        "shop/main.py",
        ["shop/main.py"],
    ),
    "beside a package": ({"manage.py": "", "shop/__init__.py": ""}, "manage.py", ["manage.py"]),
    "a namespace": (
        {"acme/shop/db.py": "", "main.py": "from acme.shop import db\n"},
        "acme/shop/db.py",
        ["main.py"],
    ),
    "in a package that is on the path": (
        {
            "app/__init__.py": "",
            "app/main.py": "from core import config\n",
            "app/core/__init__.py": "",
            "app/core/config.py": "",
        },
        "app/core/config.py",
        ["app/main.py"],
    ),
    "modules that are all loaded": (
        {
            "jobs/a.py": "done = True\n",
            "main.py": "import os, importlib\nfor each in os.listdir('jobs'):\n"
            "    if each.endswith('.py'): importlib.import_module(f'jobs.{each[:-3]}').done\n",
        },
        "jobs/a.py",
        ["main.py"],
    ),
    "loaded by its path": (
        {
            "etc/conf.py": "",
            "main.py": "from importlib.util import *\nspec = spec_from_file_location('conf', 'etc/conf.py')\n"
            "spec.loader.exec_module(module_from_spec(spec))\n",
        },
        "etc/conf.py",
        ["main.py"],
    ),
}


@pytest.mark.parametrize(("files", "path", "command"), RUN.values(), ids=RUN.keys())
def test_the_import_line_resolves_where_the_program_is_started(
    tmp_path: Path, files: dict[str, str], path: str, command: list[str]
) -> None:
    module, name, _ = placed(tmp_path, files, path)
    tree(tmp_path, {module: "get_secret_value = len\n", path: files[path] + f"from {name} import get_secret_value\n"})
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_uses_the_module_of_an_earlier_run(tmp_path: Path) -> None:
    from fixers.runtime.source import module_source

    files = {"app.py": "import app_secrets\n", "app_secrets.py": module_source()}
    assert placed(tmp_path, files, "app.py") == ("app_secrets.py", "app_secrets", False)


def test_keeps_an_older_generated_module_and_says_so(tmp_path: Path) -> None:
    files = {"app.py": "", "app_secrets.py": "# (c) Shop\n#\n# Generated by unhardcode. Yes.\n"}
    tree(tmp_path, files)
    context = rewrite_context(open_workspace(tmp_path, files), key=KEY)
    place = place_module("app.py", ast.parse(""), context)
    assert (place.path, place.new_file, place.outdated) == ("app_secrets.py", None, True)


@pytest.mark.parametrize(
    "text", ["# Not the module Generated by unhardcode: our own.\n", '"""# Generated by unhardcode."""\n']
)
def test_a_module_that_only_speaks_of_ours_is_somebody_elses(text: str, tmp_path: Path) -> None:
    files = {"app.py": "", "app_secrets.py": text + "def load():\n    return 1\n"}
    assert placed(tmp_path, files, "app.py") == ("app_secrets_.py", "app_secrets_", True)


@pytest.mark.parametrize(
    ("files", "hiding"),
    [
        ({"app.py": "", "queue.py": ""}, "queue.py"),
        ({"app.py": "", "email/__init__.py": ""}, "email/__init__.py"),
        ({"app.py": "", "queue.py": "", "s3.py": "import boto3\n"}, None),  # it has lived with it so far
        ({"app.py": "", "secrets.py": ""}, None),  # boto3 does without
        ({"app.py": "", "email/welcome.txt": ""}, None),
        ({"app.py": "", "tools/queue.py": ""}, None),
        # copies of what boto3 needs, as pip puts them into a folder for Lambda
        ({"app.py": "", "urllib3/__init__.py": "", "urllib3/poolmanager.py": ""}, None),
        ({"app.py": "", "six.py": "", "six-1.16.0.dist-info/METADATA": ""}, None),
        ({"app.py": "", "urllib3/__init__.py": "", "urllib3/stub.py": ""}, "urllib3/__init__.py"),
        ({"app.py": "", "six.py": "", "five.py": ""}, "six.py"),
    ],
)
def test_a_module_beside_a_program_may_hide_one_that_boto3_needs(
    files: dict[str, str], hiding: str | None, tmp_path: Path
) -> None:
    tree(tmp_path, files)
    context = rewrite_context(open_workspace(tmp_path, files), key=KEY)
    assert place_module("app.py", ast.parse(""), context).hiding == hiding


@pytest.mark.slow
def test_each_module_that_boto3_is_said_to_need_is_needed(tmp_path: Path) -> None:
    needless = []
    for name in sorted(BEHIND_BOTO3 - {"boto3", "botocore"}):
        folder = tmp_path / name
        tree(folder, {f"{name}.py": "", "app.py": "import boto3\nboto3.client('ssm', region_name='x')\n"})
        done = subprocess.run([sys.executable, str(folder / "app.py")], capture_output=True, check=False)
        needless += [name] if done.returncode == 0 else []
    # Some are loaded before any program by this interpreter, and some are needed by a call only.
    assert len(needless) < len(BEHIND_BOTO3) // 3


def test_collects_what_files_import_absolutely(tmp_path: Path) -> None:
    files = {
        "a.py": "import b.c, d as e\nfrom f.g import h, i as j\nfrom . import k\n  import l\n",
        "b.py": "from m import (\n    n,\n    o,\n)\n# import p\n",
        "c.txt": "import q\n",
    }
    tree(tmp_path, files)
    found = set(imported_modules(open_workspace(tmp_path, files)))
    assert {"b.c", "d", "f.g", "f.g.h", "f.g.i", "l", "m", "m.n", "m.o"} <= found
    assert not {"k", "p", "q"} & found
