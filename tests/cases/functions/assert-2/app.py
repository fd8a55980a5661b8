def f(token):
    assert "<<t>>" != token, f"bad token <<u>>"
    return True
