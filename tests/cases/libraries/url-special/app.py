A = "postgresql://shop:<<a>>%40%3A%2F%25%23%3F@db:5432/orders?sslmode=require"
B = "mysql+pymysql://root:<<b>>%20x%2B@h/d"
C = "mongodb+srv://u:<<c>>!$&()*@cluster/x"
D = "amqp://u:<<d>>:extra@h//"
