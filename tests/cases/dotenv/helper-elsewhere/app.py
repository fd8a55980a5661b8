import os
from dotenv import load_dotenv

load_dotenv()
import other

A = os.environ["DB_PASSWORD"]
