import argparse


class Command:
    def parser(self):
        parser = argparse.ArgumentParser()
        self.add_arguments(parser)
        return parser

    def add_arguments(self, parser):
        parser.add_argument("--password", default="<<a>>", type=lambda x: x + "!")
        parser.add_argument("--token", default="<<b>>", action="store")
