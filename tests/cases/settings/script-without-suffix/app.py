import yaml

with open("config.yaml") as file:
    settings = yaml.safe_load(file)
