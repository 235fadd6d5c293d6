"""The workers' Celery settings; Celery imports this module by name when it needs them, in spawned children too."""

from lightgate.adapters.queue.celery import configuration
from lightgate.bootstrap import broker_url
from lightgate.files.data_folder import DataFolder
from lightgate.settings import load
from lightgate.steps import STAGES

_settings = load()

globals().update(
    configuration(
        broker_url(_settings, DataFolder(_settings.home)),
        tuple(STAGES),
        soft_stop_s=_settings.workers.soft_stop_s,
        longest_s=max(stage.hard_limit_s for stage in STAGES.values()),
    )
)
#: a spawned child registers the tasks by importing this
imports = ("lightgate_workers.app",)
