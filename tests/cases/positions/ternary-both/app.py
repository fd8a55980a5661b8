DEBUG = False
PASSWORD = "<<a>>" if DEBUG else "<<b>>"


def password(debug):
    db_password = ("<<c>>"
                   if debug
                   else "<<d>>")
    return db_password
