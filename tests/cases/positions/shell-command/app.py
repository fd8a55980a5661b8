command = "curl -H 'Authorization: Bearer <<k>>' https://api.internal"
