"""Makes a git repository of the shop with a past: one credential was added and later removed.

    python history.py FOLDER

The removed value is made anew each time and printed nowhere; `git log -p` in FOLDER shows it, as it would in any
repository where somebody "cleaned up".
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".git", "generate.py", "history.py")
COUPONS = '''"""Coupons, from the marketing service."""

import requests

MARKETING_API_KEY = {value}


def valid(code):
    """Whether a coupon is good."""
    answer = requests.get(f"https://marketing.example/coupons/{{code}}", headers={{"X-Api-Key": MARKETING_API_KEY}})
    return answer.ok
'''


def make(folder: Path) -> None:
    """Build the repository in a folder that does not exist yet or is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty")
    git(folder, "init", "--quiet", "--initial-branch=main")
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=LEFT_OUT)
    (folder / "README.md").write_text("# The shop\n", encoding="utf-8")
    commit(folder, "The shop")
    coupons = folder / "shop" / "coupons.py"
    coupons.write_text(COUPONS.format(value=f'"{secrets.token_hex(20)}"'), encoding="utf-8")
    commit(folder, "Coupons")
    coupons.write_text(COUPONS.format(value='os.environ["MARKETING_API_KEY"]').replace("import requests", "import os\n\nimport requests"), encoding="utf-8")
    commit(folder, "Read the marketing key from the environment")


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def git(folder: Path, *arguments: str) -> None:
    """Run git without the user's configuration."""
    subprocess.run(
        ["git", "-c", "user.name=The Shop", "-c", "user.email=shop@shop.internal", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", *arguments],
        cwd=folder,
        check=True,
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    make(Path(sys.argv[1]))
