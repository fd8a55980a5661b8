TEMPLATE = """
SECRET = {secret}
EMPTY = {{}}
ROLES = {{"admin": "root"}}
DATABASE = "postgresql://shop:<<p>>@db.internal/shop"
API_KEY = "<<k>>"
"""
OTHER = len('''
{a} {b} {c} password=<<p>>
''')


def conf(secret):
    return TEMPLATE.format(secret=secret)


def other():
    return u"""
{a} {b} {c} password=<<p>>
""".strip()
