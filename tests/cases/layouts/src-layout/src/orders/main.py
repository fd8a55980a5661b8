from orders.db import connect
