X = {'password': '<<x>>'}
