import os
from pathlib import Path

for line in Path(__file__).with_name(".env").read_text().splitlines():
    key, sep, value = line.partition("=")
    if sep and not key.startswith("#"):
        os.environ.setdefault(key.strip(), value.strip().strip('"'))
T = os.environ["BOT_PASSWORD"]
