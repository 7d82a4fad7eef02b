"""What happens when processes are killed at bad moments."""
