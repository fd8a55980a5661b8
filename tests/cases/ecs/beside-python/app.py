import os

TOKEN = os.environ.get("SEARCH_TOKEN", "<<t>>")
