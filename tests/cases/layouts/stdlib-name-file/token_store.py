T = {'token': '<<t>>'}
