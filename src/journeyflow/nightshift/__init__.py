"""What a run of every night needs around it: its hour, fetching, a log, and who is told."""
