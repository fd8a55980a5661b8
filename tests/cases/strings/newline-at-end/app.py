password = "<<pw>>\n"
