from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def login(user: str = typer.Argument("admin"), password: str = typer.Option("<<a>>", "--password", "-p", help="x")):
    return user, password


@app.command("hidden")
def hidden(api_key: Annotated[str, typer.Option("--api-key")] = "<<b>>"):
    return api_key


hidden.seen = hidden()
