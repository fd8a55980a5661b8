import os
from dotenv import load_dotenv
load_dotenv()
T = t if (t := os.environ.get('API_TOKEN')) else 'none'
