import nox

INDEX_TOKEN = "<<index>>"


@nox.session
def upload(session):
    session.run("twine", "upload", env={"TWINE_PASSWORD": INDEX_TOKEN})
