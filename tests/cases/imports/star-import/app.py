from names import *

API_TOKEN = "<<t>>"
