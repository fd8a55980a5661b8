import pathlib
import tomllib

CONFIG = tomllib.loads(pathlib.Path(__file__).with_name("settings.toml").read_text())
