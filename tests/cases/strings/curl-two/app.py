A = f"curl -u bot:<<a>> -H 'X-Api-Key: <<b>>' https://{'x'}.example"
B = "curl -u 'bot:<<a>>' -H 'Authorization: Bearer <<b>>'"
