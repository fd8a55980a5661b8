import os
from pathlib import Path

from dotenv import dotenv_values

config = {
    **dotenv_values(Path('.') / '.env'),
    **dotenv_values('.env.other'),
    **os.environ,
}
