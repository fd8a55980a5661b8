import json
from pathlib import Path

A = json.loads(Path("secrets.json").read_bytes())["github"]["token"]
