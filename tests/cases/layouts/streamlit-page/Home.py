TITLE = 'x'
