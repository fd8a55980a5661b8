import tomllib

with open("pyproject.toml", "rb") as file:
    version = tomllib.load(file)["project"]["version"]
