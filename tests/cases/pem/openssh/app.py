DEPLOY_KEY = """<<pem>>
"""
