import environ
from dotenv import load_dotenv

load_dotenv()
env = environ.Env()
API_TOKEN = env("API_TOKEN")
OTHER = env.str("API_TOKEN")
