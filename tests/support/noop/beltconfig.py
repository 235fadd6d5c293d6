"""As the real workers' settings, with the queues of the belt."""

from lightgate.adapters.queue.celery import configuration
from lightgate.bootstrap import broker_url
from lightgate.files.data_folder import DataFolder
from lightgate.settings import load

_settings = load()

globals().update(
    configuration(
        broker_url(_settings, DataFolder(_settings.home)), ("exif", "quality", "caption", "deliver"), soft_stop_s=1
    )
)
imports = ("support.noop.belt",)
