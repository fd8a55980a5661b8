import os
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
B = {k: v for k, v in os.environ.items() if k.startswith("DB_")}
