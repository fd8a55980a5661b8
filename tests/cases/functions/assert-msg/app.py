def f(x):
    try:
        assert x == "<<a>>", "expected <<b>>"
    except AssertionError as e:
        return str(e)
