def test():
    token = '<<t>>'
