options = {}


def define(name, default=None, help="", type=None):
    options[name] = default


define("port", default=8000, help="port", type=int)
define("mysql_password", default="<<a>>", help="db password")
define("cookie_secret", "<<b>>")
