import environ
from dotenv import load_dotenv

load_dotenv()
env = environ.Env()
QUEUE_SECRET = env("QUEUE_SECRET")
