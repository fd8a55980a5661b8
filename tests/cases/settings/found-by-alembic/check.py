import configparser

parser = configparser.ConfigParser()
parser.read("alembic.ini")
url = parser.get("alembic", "sqlalchemy.url")
