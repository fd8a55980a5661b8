password = r"<<pw>>\d"
