from pathlib import Path

import yaml

with open(Path(__file__).parent / "config" / "settings.yaml") as file:
    CONFIG = yaml.safe_load(file)


def dsn():
    return "postgres://{username}:{password}@{host}/shop".format(**CONFIG["database"])
