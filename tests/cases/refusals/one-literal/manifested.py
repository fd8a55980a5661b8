import ast
from pathlib import Path


def read():
    text = (Path(__file__).parent / "data" / "manifest.py").read_text(encoding="utf-8-sig")
    return ast.literal_eval(text.strip())
