import os
import pathlib
from dotenv import load_dotenv
load_dotenv(pathlib.Path(__file__).with_name(".env"))
KEY = os.environ["API_TOKEN"]
