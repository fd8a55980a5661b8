def q(user):
    return f"""
        SELECT * FROM t
        WHERE u = '{user}' AND password = '<<pw>>' AND k = "{'q'}"
    """
