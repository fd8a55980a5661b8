MONGO_URI = "mongodb://shop:<<pw>>@a.internal:27017,b.internal:27017/orders?replicaSet=rs0"
