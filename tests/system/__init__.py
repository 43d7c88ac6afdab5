"""The system service under a real systemd, on a computer of its own."""
