import os

from dotenv import load_dotenv

load_dotenv()
K = os.environ["STRIPE_KEY"]
