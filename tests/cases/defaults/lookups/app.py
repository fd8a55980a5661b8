class O: pass
class P: TOKEN = "mine"


def f(kw, o=None):
    a = kw.get("password", "<<a>>")
    b = kw.pop("token", "<<b>>")
    c = kw.setdefault("api_key", "<<c>>")
    kw.setdefault("secret_key", "<<d>>")
    return a, b, c, kw, [kw.get("db_password", "<<e>>") + "x"], kw.get("auth_token", "<<f>>").upper()


def g(settings):
    return getattr(settings, "TOKEN", "<<g>>")


o = O()
o.config = {"x": {"password": "own"}}
o = o.config["x"].get("password", "<<h>>")
