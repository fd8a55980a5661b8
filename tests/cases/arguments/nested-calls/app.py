def f(**k):
    return k


result = f(a=f(b=f(password="<<pw>>")))
