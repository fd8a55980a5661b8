DSN = "host=db " + \
      "user=shop " \
      "password=<<pw>> " + \
      "dbname=orders"
