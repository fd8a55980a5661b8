import os

from dotenv import load_dotenv

load_dotenv()

values = [os.environ[name] for name in ("DEBUG",) if name in os.environ]
DB = os.environ["DB_PASSWORD"]
STRIPE = os.environ["STRIPE_KEY"]
MAIL = os.environ["MAIL_PASSWORD"]
