CONNECTION = "Driver={ODBC Driver 18 for SQL Server};Server=db.internal;Database=orders;Uid=shop;Pwd=<<pw>>;Encrypt=yes;"
