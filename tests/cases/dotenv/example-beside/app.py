import os

from dotenv import load_dotenv

load_dotenv()

API_TOKEN = os.environ["API_TOKEN"]
MAIL_PASSWORD = os.getenv("MAIL_PASSWORD")
