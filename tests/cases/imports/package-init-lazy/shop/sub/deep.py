from .. import TOKEN

X = (TOKEN, {'password': '<<pw>>'})
