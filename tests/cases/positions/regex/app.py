import re

x = bool(re.match(r"<<k>>$", "a"))
