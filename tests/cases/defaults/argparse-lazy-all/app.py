import argparse
import os


def main(argv):
    p = argparse.ArgumentParser()
    p.add_argument("--token", default="<<a>>")
    p.add_argument("--password", type=str, default="<<b>>", help="x")
    p.add_argument("-k", "--api-key", default=os.getenv("SHOP_API_KEY", "<<c>>"))
    return sorted(vars(p.parse_args(argv)).items())
