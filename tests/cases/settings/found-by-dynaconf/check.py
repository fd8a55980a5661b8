import yaml

with open("settings.yaml") as file:
    settings = yaml.safe_load(file)
