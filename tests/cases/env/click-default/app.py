import click


@click.command()
@click.option("--password", default="<<pw>>")
def main(password):
    click.echo(len(password))
    return password
