"""What the black-box tests stand on: the real server, a real receiver, and real clients."""
