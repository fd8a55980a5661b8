SECRET_KEY = rb"\d<<pw>>\w"
