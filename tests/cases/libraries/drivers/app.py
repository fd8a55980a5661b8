import ftplib
import pika
import pyodbc
from neo4j import GraphDatabase

a = pyodbc.connect("DRIVER={ODBC Driver 18 for SQL Server};SERVER=db;UID=sa;PWD=<<a>>;Encrypt=yes")
b = GraphDatabase.driver("bolt://h:7687", auth=("neo4j", "<<b>>"))
c = pika.ConnectionParameters("h", credentials=pika.PlainCredentials("shop", "<<c>>"))
d = ftplib.FTP("h", "user", "<<d>>")
