import argparse


def parse(argv):
    p = argparse.ArgumentParser()
    p.add_argument("--password", "-p", default="<<pw>>", help="the password (default: %(default)s)")
    p.add_argument("-t", "--token", type=str, default="<<t>>")
    p.set_defaults(secret_key="<<k>>")
    n = p.parse_args(argv)
    return n.password, n.token, n.secret_key
