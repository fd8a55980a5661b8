import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--password", default="<<p>>")
args = parser.parse_args([])
asked = args.password == parser.get_default("password")
