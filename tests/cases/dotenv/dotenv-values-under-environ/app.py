import os

from dotenv import dotenv_values

vals = {
    **dotenv_values(".env.shared"),  # for all
    **dotenv_values(".env.secret"),
    **os.environ,  # goes before
}
env = dotenv_values(".env.secret") | os.environ
SETTINGS = vals["API_TOKEN"], vals.get("SMTP_PASSWORD"), vals["LEVEL"], env["SMTP_PASSWORD"]
