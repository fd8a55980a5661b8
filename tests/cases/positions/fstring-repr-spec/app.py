def log():
    password = "<<pw>>"
    return f"{password!r:<30}|{password=}|{'token <<t>>'!s:^60}"
