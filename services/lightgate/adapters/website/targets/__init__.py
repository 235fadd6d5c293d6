"""Targets on another machine: one way to publish safely, over FTP, explicit FTPS or SFTP."""
