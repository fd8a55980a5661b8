import os
from dotenv import load_dotenv
load_dotenv()
A = os.environ.get("STRIPE_KEY", "<<a>>")
B = "<<a>>"
