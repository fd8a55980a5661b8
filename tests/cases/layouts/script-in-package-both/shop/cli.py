PW = {'password': '<<pw>>'}
if __name__ == '__main__':
    PW['main'] = 1
