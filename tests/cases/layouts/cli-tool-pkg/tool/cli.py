import argparse
import sys

from . import Api


def main(argv=None):
    p = argparse.ArgumentParser(prog="tool")
    p.add_argument("--x", action="store_true")
    p.add_argument("--secret", default="<<b>>", metavar="S", help="default: %(default)s")
    a = p.parse_args(argv if argv is not None else sys.argv[1:])
    return a.x, a.secret, Api()
