TOKEN_TEMPLATE = {"Authorization": "Bearer <<t>>", "format": "{x}"}
