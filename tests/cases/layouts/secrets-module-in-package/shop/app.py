from . import secrets
from .secrets import token as T

S = secrets.password
