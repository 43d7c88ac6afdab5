"""The instruments, one file each, and the catalogue of them by kind."""
