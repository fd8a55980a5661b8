API_TOKENS = ["<<a>>", "<<b>>"]
