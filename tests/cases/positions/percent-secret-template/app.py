A = "postgresql://shop:<<pw>>@%(host)s:%(port)d/orders" % {"host": "db", "port": 5432}
