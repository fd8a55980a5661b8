import os

from dotenv import load_dotenv

load_dotenv(".env")
key = os.environ["STRIPE_API_KEY"]
