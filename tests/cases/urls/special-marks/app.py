USER = "svc"
HOST = "db.example.org"
A = f"postgresql://{USER}:p%40ss<<a>>%2F1@{HOST}:5432/main"
B = f"amqp://{USER}:<<b>>%25@{HOST}/%2Fvhost"
C = "https://{}:{}@{}/feed".format(USER, "<<c>>", HOST)
