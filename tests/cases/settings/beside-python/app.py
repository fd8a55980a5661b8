import os

import yaml

API_TOKEN = "<<t>>"
CONFIG = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), "config.yaml")))
