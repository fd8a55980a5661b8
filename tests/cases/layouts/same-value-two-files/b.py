K = dict(api_key='<<k>>')
