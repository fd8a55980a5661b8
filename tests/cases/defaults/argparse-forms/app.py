import argparse
import os


def main(argv):
    p = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--token", default="<<a>>")
    p.add_argument(
        "--password",
        type=str,
        default="<<b>>",  # why
        help="x",
    )
    p.add_argument("-k", "--api-key", default=os.getenv("SHOP_API_KEY", "<<c>>"))
    p.add_argument("--url", default="postgresql://u:<<d>>@h/d", dest="u")
    p.add_argument("--new", default=os.environ.get("SHOP_SECRET_KEY") or "<<e>>", metavar="T")
    p.add_argument("--secret", default="<<f>>", nargs="?")
    p.add_argument("auth_token", nargs="?", default="<<g>>")
    return sorted(vars(p.parse_args(argv)).items())
