import os
for line in open(".env"):
    if "=" in line:
        k, v = line.strip().split("=", 1)
        os.environ[k] = v
T = os.environ["BOT_PASSWORD"]
