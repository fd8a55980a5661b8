import tomllib

with open("conf.toml", "rb") as f:
    CONF = tomllib.load(f)
A = CONF["hosts"][0]["token"]
