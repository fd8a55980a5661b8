import os
import subprocess
import sys
from dotenv import load_dotenv

load_dotenv()
A = os.environ["DB_PASSWORD"]
B = subprocess.run([sys.executable, "-c", "import os;print(os.environ['DB_PASSWORD'])"], capture_output=True, text=True).stdout
