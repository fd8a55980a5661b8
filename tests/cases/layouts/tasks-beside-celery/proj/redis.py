import redis

POOL = redis.ConnectionPool(password='<<b>>')
KEY = '<<b>>'
