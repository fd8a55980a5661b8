password = "  <<pw>>  "
