from environs import Env

env = Env()
env.read_env()
with env.prefixed("SLACK_"):
    TOKEN = env("TOKEN")
AGAIN = env("SLACK_TOKEN")
