import argparse


def parse(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--password", default="<<pw>>")
    return parser.parse_args(words)
