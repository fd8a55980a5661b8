from shop.a import PW


def test():
    assert PW['password'] == '<<pw>>'
