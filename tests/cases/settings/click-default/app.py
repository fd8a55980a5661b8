import json

import click


@click.command()
@click.option("--config-file", "-c", type=click.Path(exists=True), default="conf.json", show_default=True)
def main(config_file):
    with open(config_file) as file:
        return json.load(file)["api"]
