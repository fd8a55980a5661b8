import os

from dotenv import load_dotenv

load_dotenv()

HEADER = f"Bearer {os.environ['API_TOKEN']}"
