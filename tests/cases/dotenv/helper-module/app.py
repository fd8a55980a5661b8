from util import get_env

A = get_env("DB_PASSWORD")
