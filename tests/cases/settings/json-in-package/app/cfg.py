import json
import os

HERE = os.path.dirname(__file__)
C = json.load(open(os.path.join(HERE, "data.json")))
D = json.loads(open(HERE + "/data.json").read())["api_key"]
