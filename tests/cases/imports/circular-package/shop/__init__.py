from shop import db
from .models import T
A = {'password': '<<a>>'}
