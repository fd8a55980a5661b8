from functools import partial

import psycopg2
import requests

connect = partial(psycopg2.connect, host="db", user="u", password="<<a>>")
get = partial(requests.get, headers={"Authorization": "Bearer <<b>>"}, timeout=10)
