import os
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
B = os.path.expandvars("postgresql://u:$DB_PASSWORD@h/d")
