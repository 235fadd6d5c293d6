"""``python -m lightgate.cli`` is ``lightgate``, wherever the script was installed."""

from lightgate.cli import main

main()
