import os

from dotenv import load_dotenv

load_dotenv()
T = os.environ["A_PASSWORD"]
saved = {**os.environ}
D = saved["A_PASSWORD"]
