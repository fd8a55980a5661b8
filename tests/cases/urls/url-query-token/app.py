A = "https://hooks.internal/services?token=<<a>>&channel=x"


def f(c):
    return f"https://api.internal/{c}?access_token=<<b>>#frag"
