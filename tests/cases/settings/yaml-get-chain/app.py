import yaml

with open("conf.yml", encoding="utf-8") as handle:
    conf = yaml.load(handle, Loader=yaml.SafeLoader)
A = conf["db"]["password"]
B = conf.get("api", {}).get("key")
D = conf["api"]["url"]
