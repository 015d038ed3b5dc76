"""Backups of an app's data: made on a schedule, proven by restoring them, and brought back."""
