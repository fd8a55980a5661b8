import os
from pathlib import Path
from dotenv import load_dotenv

load_dotenv()
c = dict(l.split("=", 1) for l in Path(".env").read_text().splitlines() if "=" in l)
T = os.environ["BOT_PASSWORD"]
