a = {'api_key': '<<k>>'}
