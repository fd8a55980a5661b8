PRIVATE_KEY = b"""<<pem>>
"""
