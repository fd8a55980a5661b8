import yaml

settings = yaml.safe_load(open('config.yaml'))
