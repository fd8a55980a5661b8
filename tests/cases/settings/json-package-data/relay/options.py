import json
import pkgutil

OPTIONS = json.loads(pkgutil.get_data(__package__, "options.json").decode("utf-8"))


def login():
    return OPTIONS["login"]["user"], OPTIONS["login"]["password"]
