import yaml

with open("config.yaml") as f:
    CONFIG = yaml.safe_load(f)
pws = [s["password"] for s in CONFIG["servers"]]
