space = {}
exec("token = '<<k>>'", space)
