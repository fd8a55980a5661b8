import os
from urllib.parse import urlparse
from dotenv import load_dotenv
load_dotenv(override=True)
U = os.environ['DATABASE_URL']
P = urlparse(os.environ['DATABASE_URL']).password
