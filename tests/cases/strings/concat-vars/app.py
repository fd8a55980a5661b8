host = "db"
DSN = "postgresql://shop:" + "<<pw>>" + "@" + host + "/orders"


def url(h):
    return "redis://:<<r>>@" + h + ":6379/0"
