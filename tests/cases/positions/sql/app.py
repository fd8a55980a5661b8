query = "INSERT INTO keys VALUES ('<<k>>')"
