import token_store

PW = {'password': '<<pw>>', 't': token_store.T}
