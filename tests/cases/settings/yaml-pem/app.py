import yaml

with open("conf.yaml") as f:
    A = yaml.safe_load(f)
