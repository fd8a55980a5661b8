import subprocess


def up():
    subprocess.run(["docker", "run", "--env-file", ".env", "shop"], check=True)
