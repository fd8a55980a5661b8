import os
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
NAMES = ["DB_PASSWORD", "HOME"]
B = {n.lower(): os.environ.get(n) for n in NAMES}["db_password"]
