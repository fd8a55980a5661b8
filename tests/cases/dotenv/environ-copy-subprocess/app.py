import os
import subprocess
import sys
from dotenv import load_dotenv
load_dotenv()
T = subprocess.check_output([sys.executable, '-c', 'import os; print(os.environ["API_TOKEN"])'], env={**os.environ})
