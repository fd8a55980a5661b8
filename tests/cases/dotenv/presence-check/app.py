import os
from dotenv import load_dotenv

load_dotenv()
for name in ("DB_PASSWORD", "PATH"):
    if name not in os.environ:
        raise SystemExit(name)
A = os.environ["DB_PASSWORD"]
