import os
from dotenv import dotenv_values

STAGE = os.environ.get("STAGE", "dev")
c = {**dotenv_values(".env"), **dotenv_values(f".env.{STAGE}"), **os.environ}
