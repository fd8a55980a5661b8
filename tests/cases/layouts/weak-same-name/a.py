PASSWORD = 'hunter2x'
