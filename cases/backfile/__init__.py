"""The back-file: old registers and scanned folders, taken over with their own numbers and dates."""
