import os

from dotenv import load_dotenv

load_dotenv()

def connect(token=os.environ["API_TOKEN"]):
    return token
