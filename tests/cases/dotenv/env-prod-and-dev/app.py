import os
from dotenv import load_dotenv
load_dotenv('.env.prod')
T = os.environ['API_TOKEN']
