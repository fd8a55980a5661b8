x = [token for _ in range(2) if (token := "<<k>>")]
