import os
import yaml


def load(name="app"):
    here = os.path.dirname(__file__)
    with open(os.path.join(here, "config", f"{name}.yaml")) as f:
        return yaml.safe_load(f)
