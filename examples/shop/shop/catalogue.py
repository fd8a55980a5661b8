"""What is for sale."""

PRODUCTS = [
    {"sku": "tea-01", "name": "Teapot", "price": 3400},
    {"sku": "cup-02", "name": "Cup", "price": 900},
    {"sku": "key-03", "name": "Key ring", "price": 500},
]
