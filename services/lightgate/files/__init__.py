"""Where things lie on the disk, who may read them, and who may write now. Imports errors alone."""
