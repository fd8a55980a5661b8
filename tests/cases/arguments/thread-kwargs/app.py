import threading

out = []


def work(password, token=None): out.append((password, token))


t = threading.Thread(target=work, args=("x",), kwargs={"token": "<<a>>"})
t.start(); t.join()
w = threading.Thread(target=work, kwargs=dict(password="<<b>>")); w.start(); w.join()
