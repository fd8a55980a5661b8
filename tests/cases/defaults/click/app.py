import click
from click.testing import CliRunner


@click.command()
@click.option("--password", envvar="SHOP_PASSWORD", default="<<pw>>", show_default=False, help="x")
@click.option("--token", default=lambda: "<<t>>")
@click.argument("key", default="<<k>>")
def cli(password, token, key):
    click.echo((password, token, key))


def run(argv): return CliRunner().invoke(cli, argv).output
