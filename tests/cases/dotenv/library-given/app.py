import os

from dotenv import load_dotenv
from openai import OpenAI

load_dotenv()
if not os.environ["OPENAI_API_KEY"]:
    raise SystemExit("set OPENAI_API_KEY")
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=20)
