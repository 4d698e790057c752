"""What `doctor` looks at, one area a file; each gives findings and changes nothing."""
