def f():
    PASSWORD = '<<z>>'
    return PASSWORD
