import textwrap

PRIVATE_KEY = textwrap.dedent("""\
    <<a>>
    <<b>>
    <<c>>
""")
