import os

from dotenv import dotenv_values, load_dotenv

load_dotenv()
merged = {**dotenv_values(".env.shared"), **os.environ}
TOKEN = merged["API_TOKEN"]
