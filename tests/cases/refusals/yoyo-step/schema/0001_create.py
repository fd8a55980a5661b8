from yoyo import step

steps = [step("CREATE USER shop WITH PASSWORD '<<pw>>'")]
