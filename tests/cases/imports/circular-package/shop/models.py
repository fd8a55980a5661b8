import shop

T = dict(token='<<c>>')
