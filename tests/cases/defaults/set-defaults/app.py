import argparse


def parse(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--token")
    parser.add_argument("--key", default="<<b>>", type=lambda s: s.upper())
    parser.add_argument("--pairs", nargs="*", default=["<<d>>"])
    parser.set_defaults(token="<<a>>", other=1)
    a = parser.parse_args(argv)
    return a.token, a.key, a.pairs
