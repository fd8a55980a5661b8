Q = "INSERT INTO users (name, password) VALUES ('bob', '<<a>>')"
R = """
INSERT INTO users (id, password, role)
VALUES (1, '<<b>>', 'x'),
       (2, '<<c>>', 'y')
"""
