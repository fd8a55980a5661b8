import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = "import runpy,sys; sys.path[:] = [p for p in sys.path if p not in ('', %r)]; print(runpy.run_path(%r)[%r])"


def run(name, what):
    # No cache of bytecode, and nothing of the project on sys.path.
    code = RUN % (HERE, os.path.join(HERE, name), what)
    return subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True).stdout


def served():
    return run("hosting/ledger.wsgi", "signing_key")


def published():
    return run("publishconf.py", "MAILER_PASSWORD")
