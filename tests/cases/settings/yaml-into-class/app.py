import pathlib
import yaml


class Settings:
    def __init__(self, **kw):
        self.__dict__.update(kw)


s = Settings(**yaml.safe_load(pathlib.Path(__file__).with_name("settings.yaml").read_text()))
