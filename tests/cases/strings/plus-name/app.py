prefix = "Bearer "
authorization = prefix + "<<t>>"
token = "<<u>>" + ""
