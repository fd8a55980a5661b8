A = '{"token": "<<a>>"}'
B = "curl -H \"Authorization: token <<b>>\" -d '{\"k\": 1}'"
D = f'echo "{A}" \'<<d>>\''
