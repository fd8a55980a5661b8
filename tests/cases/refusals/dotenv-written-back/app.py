import os

from dotenv import load_dotenv

load_dotenv()

del os.environ["API_TOKEN"]
