"""Find project modules that shadow one that boto3 needs: with `queue.py` next to a program boto3 cannot be imported."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

# Modules without which boto3 cannot be imported or cannot make a request. Measured by shadowing each module that it
# loads with an empty one, on Python 3.11 and 3.13.
BEHIND_BOTO3 = frozenset(
    """array ast base64 binascii bisect boto3 botocore calendar concurrent contextvars copy copyreg dataclasses
    datetime dateutil decimal dis email enum functools getpass gzip hashlib heapq hmac html http importlib inspect
    ipaddress json keyword logging math multiprocessing numbers opcode operator pathlib pickle platform pyexpat
    queue quopri random re reprlib s3transfer select selectors signal six socket ssl string struct subprocess
    tempfile textwrap threading token traceback types typing unicodedata urllib urllib3 uuid warnings weakref xml
    zlib""".split()
)

# Packages that boto3 installs, each with a module that only the package itself has: a copy of it, as in a folder that
# is uploaded with everything that it needs, is what boto3 wants.
_THEIRS = {
    "boto3": "session.py",
    "botocore": "session.py",
    "dateutil": "relativedelta.py",
    "s3transfer": "manager.py",
    "urllib3": "poolmanager.py",
}


def hiding(root: PurePosixPath, paths: Collection[str], imported: Collection[str]) -> str | None:
    """The path of such a file in an import root (POSIX, relative to the tree's root); None if there is none.

    None too if the program imports boto3 itself: then the file evidently does no harm.
    """
    if "boto3" in imported:
        return None
    places = (str(root / end) for name in sorted(BEHIND_BOTO3) for end in (f"{name}.py", f"{name}/__init__.py"))
    return next((place for place in places if place in paths and not _is_copy(PurePosixPath(place), paths)), None)


def own_packages(packages: Collection[PurePosixPath], paths: Collection[str]) -> list[PurePosixPath]:
    """Those of these packages that are no library's which pip put there: the project's code has no place in one."""
    filled = {PurePosixPath(path).parent.parent for path in paths if ".dist-info/" in path}
    return [folder for folder in packages if folder.name not in _THEIRS and folder.parent not in filled]


def _is_copy(place: PurePosixPath, paths: Collection[str]) -> bool:
    """Whether it is the package itself, or the module beside what pip writes down about it: `six-1.16.0.dist-info`."""
    if place.name == "__init__.py":
        known = _THEIRS.get(place.parent.name)
        return known is not None and str(place.with_name(known)) in paths
    noted = f"{place.with_suffix('')}-"
    return any(path.startswith(noted) and ".dist-info/" in path for path in paths)
