from os import environ, path

from dotenv import load_dotenv

load_dotenv(path.join(path.dirname(path.abspath(__file__)), ".env"))


class Config:
    SECRET_KEY = environ.get("SECRET_KEY") or "dev"
    DEBUG = bool(int(environ.get("DEBUG", 0)))

    @staticmethod
    def url():
        return environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
