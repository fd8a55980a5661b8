import os
from dotenv import load_dotenv
load_dotenv(".env.production")
load_dotenv()
A = os.environ["API_TOKEN"]
B = os.environ.get("API_TOKEN", "none")
