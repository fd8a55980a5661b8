from util import load

A = load()['token'] + load('app')['token']
