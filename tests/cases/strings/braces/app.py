password = "<<a>>{{x}}<<b>>"
