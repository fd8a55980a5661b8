from pkg.app_secrets import TOKEN as A
B = {'password': '<<pw>>'}
