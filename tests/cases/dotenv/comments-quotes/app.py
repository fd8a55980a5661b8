import os

from dotenv import load_dotenv

load_dotenv()
A = os.environ["API_KEY"]
B = os.getenv("DB_PASSWORD")
C = os.environ.get("MAIL_PASSWORD", "")
D = os.environ["SECRET_KEY"]
