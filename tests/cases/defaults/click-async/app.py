import click
from click.testing import CliRunner


async def make():
    @click.command()
    @click.option("--token", default="<<a>>")
    def cli(token): click.echo(token)
    return cli


def run(argv):
    import asyncio
    return CliRunner().invoke(asyncio.run(make()), argv).output
