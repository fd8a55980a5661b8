import os
from dotenv import load_dotenv

load_dotenv()
T = os.environ["DB__PASSWORD"]
