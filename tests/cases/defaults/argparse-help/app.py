import argparse

p = argparse.ArgumentParser()
p.add_argument("--token", default="<<a>>", help="not <<a>>")
