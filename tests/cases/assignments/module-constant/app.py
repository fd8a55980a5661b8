DB_HOST = "db.internal"
DB_PASSWORD = "<<pw>>"
