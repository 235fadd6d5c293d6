"""The workers' Celery settings; Celery imports this module by name when it first needs them, also in spawned children."""

from lightgate.adapters.broker import address
from lightgate.adapters.celery_queue import configuration
from lightgate.folder import DataFolder
from lightgate.settings import load
from lightgate.stages import STAGES

_settings = load()
_broker_url = _settings.broker_url.get_secret_value() if _settings.broker_url else None

globals().update(
    configuration(
        address(_broker_url, DataFolder(_settings.home)), tuple(STAGES), soft_stop_s=_settings.workers.soft_stop_s
    )
)
#: a spawned child registers the tasks by importing this
imports = ("lightgate_workers.app",)
