x = len("<<k>>")
