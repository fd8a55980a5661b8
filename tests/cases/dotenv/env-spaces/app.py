import os
from dotenv import load_dotenv
load_dotenv()
A = [os.environ["API_TOKEN"], os.environ["PASSWORD"]]
