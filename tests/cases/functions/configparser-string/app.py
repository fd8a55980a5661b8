import configparser

C = configparser.ConfigParser()
C.read_string("""
[db]
user = shop
password = <<pw>>
host = db
""")
