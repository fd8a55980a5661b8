from pymongo import MongoClient

a = MongoClient("mongodb+srv://app:<<a>>@c0.ab1cd.mongodb.net/shop?retryWrites=true&w=majority")
b = MongoClient("mongo.internal", 27017, username="root", password="<<b>>", authSource="admin")
