from configparser import ConfigParser
from pathlib import Path

optionssp = ConfigParser()
optionssp.read(Path(__file__).with_name("sharedp.ini"))
