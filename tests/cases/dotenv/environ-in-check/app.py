import os
from dotenv import load_dotenv
load_dotenv()
if not os.environ.get('API_TOKEN'):
    raise SystemExit('set API_TOKEN')
T = os.environ['API_TOKEN']
