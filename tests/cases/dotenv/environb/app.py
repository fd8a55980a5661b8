import os
from dotenv import load_dotenv

load_dotenv()
A = os.getenv("DB_PASSWORD")
B = os.environb[b"DB_PASSWORD"]
