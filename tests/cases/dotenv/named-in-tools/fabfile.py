import os
import shutil
from pathlib import Path

EXCLUDE = (".git", ".env", "venv")
TEMPLATES = {".env": "A={a}\n", "x.py": "pass\n"}


def deploy(c):
    for name in EXCLUDE:
        c.run(f"rsync --exclude {name}")
    for name, text in TEMPLATES.items():
        path = Path("out") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(a=1), encoding="utf-8")
    if not os.path.exists(".env"):
        shutil.copyfile(".env.example", ".env")
        os.chmod(".env", 0o600)
    with open(".env", "a") as f:
        f.write("NEW=1\n")


def files(root):
    return [p for p in Path(root).rglob("*") if p.name not in EXCLUDE and not any(str(p).endswith(e) for e in EXCLUDE)]
