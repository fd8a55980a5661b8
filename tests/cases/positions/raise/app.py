def f():
    raise ValueError("<<k>>")


try:
    f()
except ValueError as error:
    x = error.args
