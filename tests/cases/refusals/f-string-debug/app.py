a = f"{dict(password='<<p>>')=}"
