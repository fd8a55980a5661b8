PASSWORD = "changeme"
API_KEY = "your-api-key-here"
