"""Where published files go: a folder, or a server by FTP, FTPS or SFTP, written safely. Imports ports and below."""
