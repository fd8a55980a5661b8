from .api import Api
