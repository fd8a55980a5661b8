MONGO_URI = "mongodb+srv://shop:<<pw>>@cluster0.internal.net/orders?retryWrites=true"
