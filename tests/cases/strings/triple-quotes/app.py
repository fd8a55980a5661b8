password = """<<pw>>"""
