x = "https://<<k>>:@api.internal/v1/charges"
