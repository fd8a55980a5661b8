import sys


def main(argv, password="<<a>>"):
    return password, len(argv)


if __name__ == "__main__":
    RESULT = main(["x"])
    TOKEN = "<<b>>"
