from os import environ

import dotenv

dotenv.load_dotenv()


def get_env(name: str) -> str:
    try:
        return environ[name]
    except KeyError:
        raise SystemExit(f"set {name}") from None


PW = get_env("DB_PASSWORD")
