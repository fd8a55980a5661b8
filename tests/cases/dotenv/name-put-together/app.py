import os
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
B = [os.environ[f"{p}_PASSWORD"] for p in ("DB",)]
