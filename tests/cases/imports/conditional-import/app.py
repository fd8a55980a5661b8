try:
    import simplejson as json
except ImportError:
    import json
import os

if os.name == "nt":
    import winreg
password = "<<pw>>"


def f(): return json.dumps({"p": password})
