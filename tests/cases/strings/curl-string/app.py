import shlex

C = shlex.split("curl -H 'Authorization: Bearer <<t>>' https://api.internal/x")
