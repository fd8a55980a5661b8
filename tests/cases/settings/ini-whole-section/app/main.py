from app.config import postgres_config
from app.store import PARAMS as MAIL

DB = postgres_config()
