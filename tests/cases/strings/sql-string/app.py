Q = "ALTER USER shop WITH PASSWORD '<<a>>';"
R = """
CREATE USER 'x'@'%' IDENTIFIED BY '<<b>>';
"""
