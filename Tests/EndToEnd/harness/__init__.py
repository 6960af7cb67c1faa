"""What the end-to-end tests share: binaries, servers, the command line, the sample data."""
