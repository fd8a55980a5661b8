[user, password], a = ["u", "<<a>>"], 1
P = user, password
