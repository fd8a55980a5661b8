user, password = "shop:<<a>>".split(":")
auth = "root <<b>>".split()
name, _, pw = "bob/<<c>>".partition("/")
