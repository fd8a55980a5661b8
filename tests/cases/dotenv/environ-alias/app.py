import os
from dotenv import load_dotenv

load_dotenv()
e = os.environ
A = e["DB_PASSWORD"]
B = os.environ["DB_PASSWORD"]
