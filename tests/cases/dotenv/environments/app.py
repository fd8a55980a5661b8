import os

from dotenv import load_dotenv

load_dotenv(os.environ.get("ENV_FILE", ".env"))
API_TOKEN = os.environ["API_TOKEN"]
