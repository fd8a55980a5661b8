from dotenv import load_dotenv

load_dotenv()

from decouple import config

API_TOKEN = config("API_TOKEN")
