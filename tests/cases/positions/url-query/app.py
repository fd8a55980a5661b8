x = "https://api.internal/v1?key=<<k>>&page=1"
