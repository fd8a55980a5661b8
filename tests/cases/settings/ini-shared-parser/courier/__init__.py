from configparser import ConfigParser
from pathlib import Path

options = ConfigParser()
options.read(Path(__file__).with_name("options.ini"))
