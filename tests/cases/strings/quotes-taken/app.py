user = 'u'
header = f"{f'{user} Bearer <<key>>'}"
