"""Places for backups on the loopback: a folder, and real servers of S3, REST and SFTP.

Each is a context manager that takes a folder of its own and gives a Place; nothing here knows of
restic but the layout of its repositories. End-to-end tests use them as well.
"""
