H = b"Authorization: Bearer <<t>>\r\n"
