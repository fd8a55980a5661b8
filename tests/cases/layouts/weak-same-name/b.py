PASSWORD = 'hunter2y'
