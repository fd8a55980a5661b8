import configparser

import yaml


def relay():
    opts = configparser.ConfigParser()
    opts.read("relay.ini")
    return opts["login"]["password"]


def ledger():
    with open("ledger.yaml") as file:
        opts = yaml.safe_load(file)
    return opts["login"]["password"]
