import yaml

with open("conf.yml") as f:
    c = list(yaml.safe_load_all(f))
