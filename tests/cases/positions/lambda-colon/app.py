x = (lambda:"<<k>>")()
