"""Nightly job."""

import sys

NIGHTLY_TOKEN = "<<a>>"


def run():
    return "https://bot:<<b>>@gitlab.com/depot.git"


if __name__ == "__main__":
    sys.stdout.write(str(len(run())))
