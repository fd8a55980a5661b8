import os

from dotenv import load_dotenv

load_dotenv()


def login():
    return os.environ["RELAY_HOST"], os.environ["RELAY_PASSWORD"]
