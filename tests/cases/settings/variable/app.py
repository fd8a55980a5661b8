import os

import yaml

path = os.environ.get("SHOP_CONFIG", os.path.join(os.path.dirname(__file__), "config.yaml"))
CONFIG = yaml.safe_load(open(path))
