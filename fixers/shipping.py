"""Check that a file created by a plan is deployed with the program: into the repository, the image, the package."""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.sources import git
from scanner.sources.git_process import installed

_IMAGES = re.compile(r"(?:.*[._-])?(?:dockerfile|containerfile)(?:[._-].*)?", re.IGNORECASE)
_COPIES = re.compile(r"[ \t]*(?:COPY|ADD)[ \t]+(?P<rest>[^\r\n]+)", re.IGNORECASE)
_ARCHIVE = re.compile(r"(?:source_file\s*=\s*|\b(?:template)?file\(\s*)\"(?P<rest>[^\"\r\n]+\.py)\"")
_MODULES = re.compile(r"py[-_]modules[\"']?\s*=\s*(?P<rest>\[[^\]]*\]|[^\r\n]*(?:\r?\n[ \t]+[^\r\n]+)*)")
# Commands in an image's build that import the project's own Python.
_RUN = re.compile(r"^[ \t]*RUN\b(?:[^\n]*\\\r?\n)*[^\n]*", re.IGNORECASE | re.MULTILINE)
_PROGRAM = re.compile(
    r"\b(?:django-admin|flask|alembic|pytest)[ \t]|\bpython[\d.]*[ \t]+(?:-[A-Za-z][ \t]+)*?"
    r"(?:-m[ \t]+(?P<module>\w+)|(?:[\w.-]*/)*(?P<file>[\w-]+)\.py\b)"
)
# Pipelines whose steps import the project's own Python, and text in them which shows that AWS may be reachable there.
_PIPELINES = re.compile(
    r"(?:.*/)?(?:\.github/workflows/[^/]+|\.gitlab-ci|\.circleci/config|\.travis|bitbucket-pipelines|azure-pipelines)"
    r"\.ya?ml"
)
_TESTS = re.compile(
    r"(?:^[ \t]*(?:-[ \t]+)?(?:(?:run|script|command):[ \t]*)?|&&[ \t]*|;[ \t]*)[\"']?"
    r"(?:(?:poetry|uv|pdm|hatch|pipenv)[ \t]+run[ \t]+|(?:python[\d.]*|coverage[ \t]+run)[ \t]+-m[ \t]+)*"
    r"(?:(?:pytest|tox|unittest)(?![\w./=:-])"
    r"|python[\d.]*[ \t]+(?:\S*/)?manage\.py[ \t]+(?:test|check|makemigrations|collectstatic)\b)",
    re.MULTILINE,
)
_AWS = re.compile(r"aws-actions/|\bAWS_(?:ROLE|ACCESS|PROFILE|WEB)|\brole-to-assume\b|\brole_arn\b")
# Poetry's and hatch's lists of a package's files.
_INCLUDED = re.compile(r"\b(?:only-)?include[\"']?\s*=\s*(?P<rest>\[[^\]]*\]|\"[^\"\r\n]*\")")
# Other places that name single files: `cp`, `aws s3 cp`, `zip function.zip app.py`; a Serverless Framework function
# whose patterns name its file; a ConfigMap, and files mounted into a container, by name; a SageMaker job without its
# folder, and CDK's inline code in a template.
_STEPS = re.compile(r"(?<![\w./-])(?:cp|install|rsync|scp|zip)[ \t]+(?P<rest>[^\r\n;&|#]+)")
_PATTERNS = re.compile(r"^[ \t]*-[ \t]*[\"']?(?P<rest>(?:\./)?[\w./-]+\.py)[\"']?[ \t\r]*$", re.MULTILINE)
_MOUNTED = re.compile(r"(?P<rest>(?<![\w./-])[\w./${}-]*[\w-]+\.py):[/$\w]")
_INLINED = re.compile(r"\bfrom_inline\([^\r\n]*[\"'](?P<rest>(?:[\w./-]+/)?[\w-]+\.py)[\"']")
_ENTRY = re.compile(
    r"\((?:(?!source_dir)[^()])*\bentry_point\s*=\s*[\"'](?P<rest>[\w./-]+\.py)[\"'](?:(?!source_dir)[^()])*\)"
)
_RECIPES = (
    (_IMAGES, _COPIES),
    (_IMAGES, _STEPS),
    (re.compile(r".*\.tf"), _ARCHIVE),
    (re.compile(r"pyproject\.toml|setup\.(?:cfg|py)"), _MODULES),
    (re.compile(r"pyproject\.toml"), _INCLUDED),
    (re.compile(r".*\.(?:sh|bash|mk|ya?ml)|(?:.*\.)?(?:[Mm]akefile|[Jj]ustfile|Jenkinsfile)"), _STEPS),
    (re.compile(r"(?:serverless|kustomization)\.ya?ml"), _PATTERNS),
    (re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml"), _MOUNTED),
    (re.compile(r".*\.py"), _ENTRY),
    (re.compile(r".*\.py"), _INLINED),
)


def shipping_notes(made: Collection[str], edited: Collection[str], workspace: Workspace) -> Iterator[str]:
    """What to do so that the files `made` are deployed with the edited ones; POSIX paths relative to the root."""
    for path in _ignored(made, workspace):
        forced = f"git add --force {shlex.quote(path)}"
        yield f"{path}: git ignores it, and the program needs it: `{forced}`, or change .gitignore"
    for path in workspace.files if made else ():
        for recipe, pattern in _RECIPES:
            if recipe.fullmatch(PurePosixPath(path).name):
                yield from _listed(path, pattern, made, edited, workspace)


def build_notes(variables: Collection[str], programs: Collection[str], workspace: Workspace) -> Iterator[str]:
    """Notes on image builds (Django's collectstatic) and pipelines that run the program where no AWS answers.

    `variables` are those that take precedence over the store, for values that Python reads, in `programs` among others.
    """
    yield from _pipeline_notes(variables, programs, workspace)
    own = {part.removesuffix(".py") for path in workspace.files for part in PurePosixPath(path).parts[-2:]}
    for path in workspace.files if variables else ():
        if not _IMAGES.fullmatch(PurePosixPath(path).name):
            continue
        try:
            text = workspace.document(path).text
        except NotSeenError:
            continue
        for run in _RUN.finditer(text):
            started = next((found for found in _PROGRAM.finditer(run[0]) if _is_own(found, own)), None)
            if started is not None and not any(variable in text for variable in variables):
                line = text.count("\n", 0, run.start() + started.start()) + 1
                yield (
                    f"{path}:{line}: runs the program while the image is built, where no AWS answers: what it reads at"
                    f" import needs a variable there, such as {sorted(variables)[0]}=unused before the command"
                )
                break


def _pipeline_notes(variables: Collection[str], programs: Collection[str], workspace: Workspace) -> Iterator[str]:
    """The first step of a pipeline that tests or runs the program, unless it signs in to AWS or sets a variable."""
    names = "|".join(sorted(re.escape(PurePosixPath(path).name) for path in programs)) or "(?!)"
    runs = re.compile(rf"(?m)^[^#\r\n]*\bpython[\d.]*[ \t]+(?:-[a-zA-Z][ \t]+)*(?:[\w.-]*/)*(?P<file>{names})(?![\w.])")
    told = set[str]()
    for path in workspace.files if variables else ():
        if not _PIPELINES.fullmatch(path):
            continue
        try:
            text = workspace.document(path).text
        except NotSeenError:
            continue
        if _AWS.search(text) is not None or any(variable in text for variable in variables):
            continue
        variable = sorted(variables)[0]
        for step, doing, advice in (
            (
                _TESTS.search(text),
                "tests the program",
                f"what is read at import needs a variable there, such as {variable}=unused",
            ),
            (
                runs.search(text),
                "runs {file}",
                f"let the job assume a role, or set {variable} there from the pipeline's secrets",
            ),
        ):
            if step is not None and doing not in told:
                told.add(doing)
                line = text.count("\n", 0, step.end()) + 1
                what = doing.format_map(step.groupdict())
                yield f"{path}:{line}: {what} where nothing shows that AWS answers: {advice}"


def _is_own(started: re.Match[str], own: Collection[str]) -> bool:
    named = started["module"] or started["file"]
    return named is None or named in own


def _ignored(made: Collection[str], workspace: Workspace) -> Iterator[str]:
    try:
        if not made or not installed() or git.find(workspace.root) is None:
            return
    except (NotSeenError, OSError):
        return
    feed = b"".join(b"./%b\0" % os.fsencode(path) for path in sorted(made))
    # check-ignore accepts no literal pathspecs; with "./" in front no name is read as another kind.
    _, out, _ = git.attempt(workspace.root, "--no-literal-pathspecs", "check-ignore", "-z", "--stdin", feed=feed)
    yield from (os.fsdecode(each).removeprefix("./") for each in out.split(b"\0") if each)


def _listed(
    path: str, pattern: re.Pattern[str], made: Collection[str], edited: Collection[str], workspace: Workspace
) -> Iterator[str]:
    """The lines of a recipe that copy an edited file by name, if none copies the file created beside it."""
    try:
        text = workspace.document(path).text
    except NotSeenError:
        return
    lines = [(text.count("\n", 0, found.start()) + 1, found["rest"]) for found in pattern.finditer(text)]
    if not lines:
        return
    folders = _folders(text) if pattern is _COPIES else {}
    for new in sorted(made):
        target = PurePosixPath(new)
        beside = {PurePosixPath(each) for each in edited if PurePosixPath(each).parent == target.parent}
        above = [PurePosixPath(each) for each in edited if PurePosixPath(each).parent == target.parent.parent]
        above = [each for each in above if each.suffix == ".py" and each.parent != target.parent]
        names = {_name(each, pattern): each for each in beside if each.suffix == ".py"}
        taken = {folders.get(line) for line, rest in lines if _takes(rest, _name(target, pattern), pattern)}
        for line, rest in lines if target.suffix == ".py" else ():
            alone = sorted(str(each) for name, each in names.items() if _takes(rest, name, pattern, alone=True))
            # A program beside a package may now import the package, which it did not before.
            before = [each for each in above if _takes(rest, _name(each, pattern), pattern, alone=True)]
            alone += sorted(str(each) for each in before if not taken)
            if alone and folders.get(line) not in taken:
                yield f"{path}:{line}: takes {', '.join(alone)} by name: {new} must go with it"


def _folders(text: str) -> dict[int, str]:
    """The destination folder of each COPY line, by its number; of a file destination, its folder."""
    found, here = dict[int, str](), "/"
    for number, line in enumerate(text.splitlines(), 1):
        words = re.findall(r"[^\s\[\],\"']+", line)
        if len(words) > 1 and words[0].upper() == "WORKDIR":
            here = posixpath.join(here, words[1])
        elif len(words) > 2:
            to = words[-1]
            names = {word.rpartition("/")[2] for word in words[1:-1]}
            folder = posixpath.dirname(to) if posixpath.basename(to) in names else to
            found[number] = posixpath.normpath(posixpath.join(here, folder))
    return found


def _name(place: PurePosixPath, pattern: re.Pattern[str]) -> str:
    return place.stem if pattern is _MODULES else place.name


def _takes(rest: str, name: str, pattern: re.Pattern[str], *, alone: bool = False) -> bool:
    """Whether a line's sources have a file of this name, or (not `alone`) a folder or pattern that may contain it."""
    words = re.findall(r"[^\s\[\],\"'=]+", re.sub(r"--\S+", "", rest))
    if pattern is _STEPS:
        words = [word for word in words if not re.fullmatch(r"-.*|\d+", word)]
    if pattern in (_COPIES, _INCLUDED, _STEPS):
        # The last argument is the destination, except for `zip`, where it is the first.
        zipped = pattern is _STEPS and words and words[0].endswith(".zip")
        words = words[1:] if zipped else words[:-1] if pattern is not _INCLUDED else words
        if not alone and any(word.endswith(("/", ".")) or "*" in word or "." not in word for word in words):
            return True
    return any(word.rpartition("/")[2] == name for word in words)
