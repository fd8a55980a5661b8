import subprocess

x = subprocess.run(["echo", "<<k>>"], capture_output=True, text=True).stdout
