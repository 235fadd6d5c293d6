"""As the real workers' settings, with this folder's app for spawned children."""

from lightgate_workers.celeryconfig import *  # noqa: F403

imports = ("support.noop.app",)
