password = "<<a>>Pässwörd€"
