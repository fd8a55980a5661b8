PASSWORD = "hunter2x"
a = ["hunter2x"]
