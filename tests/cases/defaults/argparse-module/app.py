import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--api-key", dest="api_key", default="<<k>>")


def main(argv=None):
    args = parser.parse_args(argv)
    return args.api_key
