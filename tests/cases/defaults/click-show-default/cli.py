import click
from click.testing import CliRunner


@click.command()
@click.option("--token", "-t", default="<<a>>", show_default=False, envvar="TOOL_TOKEN", help="API token")
@click.option("--key", default=lambda: "<<b>>")
@click.argument("name", default="x")
def cli(token, key, name):
    click.echo(f"{token} {key} {name}")


def run(argv):
    return CliRunner().invoke(cli, argv).output
