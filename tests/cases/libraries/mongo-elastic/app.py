from elasticsearch import Elasticsearch
from pymongo import MongoClient

a = MongoClient("mongodb://shop:<<a>>@h1:27017,h2:27017/orders?replicaSet=rs0&authSource=admin")
b = Elasticsearch(["https://es:9200"], basic_auth=("elastic", "<<b>>"))
