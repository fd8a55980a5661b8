password = """<<a>>
<<b>>
"""
KEY = "x"

def f():
    token = "<<t>>" \
        "<<u>>"
    return token
