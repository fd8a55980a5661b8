"""Loads its scripts by their path, and takes each file of `versions` for a revision, as the library does.

https://alembic.sqlalchemy.org/en/latest/tutorial.html
"""

import importlib.util
import pathlib

said = []


class _Config:
    def set_main_option(self, name, value):
        said.append((name, value))


class context:
    config = _Config()


class op:
    execute = said.append


def upgrade(folder):
    _load(pathlib.Path(folder, "env.py"))
    for path in sorted(pathlib.Path(folder, "versions").glob("*.py")):
        revision = _load(path)
        said.append(revision.revision)
        revision.upgrade()
    return said


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem + "_py", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
