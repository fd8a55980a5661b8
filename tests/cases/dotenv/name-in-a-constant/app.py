import os
from dotenv import load_dotenv

load_dotenv()
KEY = "DB_PASSWORD"
A = os.environ[KEY]
B = os.environ["DB_PASSWORD"]
