K = {'api_key': '<<k>>'}
