def run():
    n = 0
    while (password := "<<pw>>" if n < 2 else None):
        n += 1
    return n, password
