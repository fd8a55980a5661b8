import os

import yaml


class Settings:
    def __init__(self, path="settings.yml"):
        self.path = os.path.join(os.path.dirname(__file__), path)
        self.data = self._load()

    def _load(self):
        with open(self.path) as stream:
            return yaml.load(stream, Loader=yaml.SafeLoader) or {}
