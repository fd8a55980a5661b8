import textwrap


KEY = textwrap.dedent("""\
    <<pem>>
    """).strip()
