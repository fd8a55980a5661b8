"""Stands for a kernel: runs a notebook's cells, without what only IPython takes."""

import json
import re


def run(path):
    with open(path, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    space = {"__name__": "__main__"}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not source.startswith("%%bash"):
            exec(re.sub(r"(?m)^\s*[%!].*$", "", source), space)
    return space
