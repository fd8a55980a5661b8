A = AZURE_STORAGE_CONNECTION_STRING = (
    "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=<<a>>;EndpointSuffix=core.windows.net"
)
B = "Server=tcp:shop.database.windows.net,1433;Database=shop;User ID=app;Password=<<b>>;Encrypt=true;"
