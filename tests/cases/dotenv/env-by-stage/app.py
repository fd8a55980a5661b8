import os
from dotenv import load_dotenv

load_dotenv()
load_dotenv(f".env.{os.getenv('STAGE', 'dev')}")
A = os.environ["DB_PASSWORD"]
B = os.getenv("DB_HOST")
