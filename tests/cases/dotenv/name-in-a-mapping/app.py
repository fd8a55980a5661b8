import os
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
MAP = {"password": "DB_PASSWORD"}
B = {k: os.environ[v] for k, v in MAP.items()}
