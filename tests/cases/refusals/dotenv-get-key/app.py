import os
import dotenv

dotenv.load_dotenv()
T = dotenv.get_key(".env", "BOT_PASSWORD")
U = os.environ["BOT_PASSWORD"]
