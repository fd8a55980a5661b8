from textwrap import dedent

A = dedent("""\
    machine github.com
    login bot
    password <<a>>
""")
B = """
<<b>>
""".strip()
