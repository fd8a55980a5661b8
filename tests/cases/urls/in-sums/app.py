import os

USER = os.environ.get("APP_DB_USER", "app")
HOST = "db.internal"
A = "mysql://" + USER + ":" + "<<a>>" + "@" + HOST + "/app"
B = "postgres://" + USER + ":<<b>>@" + HOST + "/app"  # replica
C = "mongodb://{u}:{p}@{h}/".format(u=USER, p='<<c>>', h=HOST)
D = ("amqp://" + str(USER) +
     ":" + "<<d>>" + "@" + HOST)
