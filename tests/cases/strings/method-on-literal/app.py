password = "<<pw>>".strip()
