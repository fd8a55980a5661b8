PW = {'password': '<<a>>'}
