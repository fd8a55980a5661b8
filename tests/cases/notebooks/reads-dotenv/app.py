import os
from dotenv import load_dotenv

load_dotenv()
key = os.environ["STRIPE_API_KEY"]
