import configparser
import os
from dotenv import load_dotenv

load_dotenv()
p = configparser.ConfigParser()
p.read_string("[root]\n" + open(".env").read())
T = p["root"]["BOT_PASSWORD"]
U = os.environ["BOT_PASSWORD"]
