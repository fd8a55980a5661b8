routes = {}


def route(path, **kw):
    def add(f):
        routes[path] = f.__name__, kw
        return f
    return add


@route("/webhook/<<a>>", methods=["POST"])
@route(f"/v2/{'<<b>>'}")
def hook():
    return 1
