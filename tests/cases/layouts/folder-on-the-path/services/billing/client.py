import os

API_KEY = "<<a>>"
HERE = os.path.basename(__file__)
