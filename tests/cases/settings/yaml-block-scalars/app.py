import yaml

with open("conf.yaml") as f:
    C = yaml.safe_load(f)
