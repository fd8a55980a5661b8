from app.config import config
from app.store import PARAMS as MAIL

DB = config()
