import os

import dotenv

dotenv.load_dotenv()
config = dotenv.dotenv_values()
T = os.environ['API_TOKEN'], os.getenv('DB_PASSWORD', 'x')
