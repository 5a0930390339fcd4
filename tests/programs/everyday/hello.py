print("Hello, world!")
40 + 2
