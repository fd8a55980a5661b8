import argparse
import yaml


def main(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--config", default="conf.yaml")
    args = p.parse_args(argv)
    with open(args.config) as f:
        return yaml.safe_load(f)
