import shop
from shop import *
from shop import API_TOKEN as TOKEN
from shop import api
