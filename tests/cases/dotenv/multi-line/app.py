import os

from dotenv import load_dotenv

load_dotenv()

SIGNING_KEY = os.environ["SIGNING_KEY"]
NAME = os.environ["NAME"]
