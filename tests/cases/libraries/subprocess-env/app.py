import os
import subprocess
import sys


def out():
    env = dict(os.environ, PGPASSWORD="<<a>>", MYSQL_PWD="<<b>>")
    env = {**env, "RESTIC_PASSWORD": "<<d>>"}
    code = "import os; print([os.environ[n] for n in ('PGPASSWORD', 'MYSQL_PWD', 'RESTIC_PASSWORD')])"
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True).stdout
