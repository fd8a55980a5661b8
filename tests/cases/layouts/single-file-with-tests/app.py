PW = {'password': '<<pw>>'}
