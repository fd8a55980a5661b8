from urllib.parse import quote_plus

HOST = "db.internal"
A = "mysql://%s:%s@%s/%s" % ("root", "<<a>>", HOST, "shop")
B = "https://{}:{}@{}/feed".format("svc", "<<b>>", HOST)
D = "postgresql://{1}:{0}@{2}/x".format("<<d>>", "svc", HOST)
E = "mongodb+srv://%s:%s@c0.mongodb.net/" % (quote_plus("app@x"), quote_plus("<<e>>"))
F = "host=%s user=%s password=%s sslmode=%s" % (HOST, "u", "<<f>>", "require")
G = "DRIVER={{x}};SERVER={};PWD={};".format(HOST, "<<g>>")
