import os as system

API_TOKEN = system.getenv("API_TOKEN", default="<<t>>")
