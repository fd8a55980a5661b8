A = """
machine api.github.com login bot password <<a>>
machine gitlab.com login bot password <<b>>
"""
