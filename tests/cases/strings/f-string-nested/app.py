def header(token):
    return token


value = f"Bearer {header(token='<<t>>')}"
