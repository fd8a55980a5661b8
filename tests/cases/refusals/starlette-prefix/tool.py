import os
from dotenv import load_dotenv
load_dotenv()
K = os.environ["APP_SECRET_KEY"]
