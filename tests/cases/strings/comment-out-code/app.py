# password = "<<old>>"
def f():
    # token = "<<t>>"
    return "<<t>>"
