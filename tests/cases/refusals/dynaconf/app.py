import os
from dynaconf import Dynaconf

settings = Dynaconf(envvar_prefix="SHOP", load_dotenv=True, dotenv_path=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".env"))
