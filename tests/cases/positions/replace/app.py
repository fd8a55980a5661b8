x = "TOKEN here".replace("TOKEN", "<<k>>")
