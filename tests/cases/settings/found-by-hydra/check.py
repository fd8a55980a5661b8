import yaml

with open("conf/config.yaml") as file:
    settings = yaml.safe_load(file)
