import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--password", nargs="?", const="<<pw>>")
options = parser.parse_args(["--password"])
