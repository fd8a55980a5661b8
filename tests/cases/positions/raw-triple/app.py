password = r'''<<a>>\"<<b>>'''
