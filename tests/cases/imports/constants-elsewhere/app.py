from constants import HOST, PASSWORD, USER
import constants as c

CONFIG = {"user": USER, "password": PASSWORD, "host": HOST}
DSN = f"postgresql://{c.USER}:{c.PASSWORD}@{c.HOST}/shop"
