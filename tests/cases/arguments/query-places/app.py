class Cursor:
    def execute(self, query, values):
        return values


cursor = Cursor()
A = cursor.execute("INSERT INTO users (name, password) VALUES (?, ?)", ("bob", "<<a>>"))
B = cursor.execute("UPDATE users SET password = %s WHERE name = %s", ("<<b>>", "bob"))
