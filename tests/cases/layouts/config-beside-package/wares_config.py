import os


class WaresConfig:
    WARES_TOKEN = "<<a>>"
    ROOT = os.getcwd()
