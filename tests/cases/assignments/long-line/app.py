VERY_LONG_NAME_OF_A_CONSTANT_THAT_HOLDS_A_PASSWORD = "<<pw>>"  # rotated by the platform team every ninety days
