import yaml

with open("logging.yaml") as f:
    conf = yaml.safe_load(f)
A = conf["handlers"]["mail"]
