PRIVATE_KEY = """<<pem>>
"""
