from corp.shop.util import x

PW = {'password': '<<pw>>'}
