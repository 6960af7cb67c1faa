"""What the end-to-end tests share: the binaries, the servers they start, the command line, the sample data."""
