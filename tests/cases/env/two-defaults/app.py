import os

first = os.getenv("API_TOKEN", "<<a>>")
second = os.getenv("API_TOKEN", "<<b>>")
