text = """
[api]
key = <<k>>
host = api.internal
"""
