"""Where the weights of a CLIP model lie on this machine; only ``pull`` ever asks the network for them."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from lightgate.errors import ClipUnavailable

#: where open_clip keeps what it fetched from a plain address
_PLAIN_CACHE = Path(".cache") / "clip"
_HOW_TO_FETCH = "fetch them with: lightgate models pull clip"
#: what of a tag's own settings changes how pictures must be prepared
_PREPARATION = ("mean", "std", "interpolation")

#: what torch, safetensors, open_clip and the hub raise on files that are damaged or of another kind
LOAD_ERRORS = (
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.PickleError,
)


@dataclass(frozen=True, slots=True)
class Weights:
    """A checkpoint on this disk."""

    file: Path
    #: activation of OpenAI's own models; weights loaded without it give nonsense, silently
    quick_gelu: bool = False
    #: mean, std, interpolation, where they differ from OpenAI's
    preparation: dict[str, Any] = field(default_factory=dict)


def open_clip_module() -> ModuleType:
    """Import open_clip, with torch: seconds, and some hundred megabytes.

    Raises:
        ClipUnavailable: a package is missing or does not fit another.
    """
    _require_package()
    try:
        _sound_torchvision()
        return importlib.import_module("open_clip")
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        raise ClipUnavailable(reason=f"torch or open_clip does not start ({_first_line(error)})") from error


def _require_package() -> None:
    packages = {"torch": "torch", "torchvision": "torchvision", "open_clip": "open_clip_torch"}
    missing = [name for module, name in packages.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ClipUnavailable(reason=f"{', '.join(missing)} is not installed (pip install 'lightgate[quality]')")


#: torch keeps no reference to operators defined for a CUDA torchvision on a CPU torch
_KEPT_ALIVE: list[object] = []


def _sound_torchvision() -> None:
    """Let a CUDA build of torchvision import beside a CPU build of torch; its transforms are all that is used.

    Source: pytorch/vision issue 9085. Does nothing where the two fit.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        torch: Any = importlib.import_module("torch")
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT_ALIVE.append(library)
        importlib.import_module("torchvision")


def find_weights(model: str, weights: str) -> Weights:
    """Find a checkpoint by its path, or by its open_clip tag among what was fetched before; no network.

    Raises:
        ClipUnavailable: no such file, model or tag, or never fetched.
    """
    if _is_path(weights):
        return _weights_at(model, Path(weights).expanduser())
    if not _was_anything_fetched():
        raise ClipUnavailable(reason=f"the weights {weights} are not on this machine; {_HOW_TO_FETCH}")
    settings = _tag_settings(open_clip_module(), model, weights)
    file = next(_fetched(settings), None)
    if file is None:
        raise ClipUnavailable(reason=f"the weights {weights} are not on this machine; {_HOW_TO_FETCH}")
    return _of_tag(file, settings)


def require_findable(weights: str) -> None:
    """Look, without torch, whether there is any chance of finding a checkpoint and of loading it.

    Raises:
        ClipUnavailable: there is none.
    """
    _require_package()
    if _is_path(weights):
        if not Path(weights).expanduser().is_file():
            raise ClipUnavailable(reason=f"there is no file {Path(weights).expanduser()}")
    elif not _was_anything_fetched():
        raise ClipUnavailable(reason=f"the weights {weights} are not on this machine; {_HOW_TO_FETCH}")


def pull(model: str, tag: str) -> Path:
    """Fetch the weights of a tag into the user's cache, and say where they lie.

    Raises:
        ClipUnavailable: no such model or tag, or no way to the server.
    """
    if _is_path(tag):
        return _weights_at(model, Path(tag).expanduser()).file
    open_clip: Any = open_clip_module()
    settings = _tag_settings(open_clip, model, tag)
    try:
        return Path(open_clip.download_pretrained(settings))
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=f"the weights {tag} could not be fetched ({_first_line(error)})") from error


def _is_path(weights: str) -> bool:
    return "/" in weights or "\\" in weights or "." in weights or Path(weights).is_file()


def _weights_at(model: str, file: Path) -> Weights:
    if not file.is_file():
        raise ClipUnavailable(reason=f"there is no file {file}")
    # a path carries no settings; OpenAI's own files are recognised by their name alone
    return Weights(file, quick_gelu="openai" in file.name.casefold() and "quickgelu" not in model.casefold())


def _was_anything_fetched() -> bool:
    """Look into the caches before torch is imported for nothing."""
    if importlib.util.find_spec("huggingface_hub") is not None:
        hub = Path(importlib.import_module("huggingface_hub.constants").HF_HUB_CACHE)
        if hub.is_dir() and any(hub.glob("models--*")):
            return True
    plain = Path.home() / _PLAIN_CACHE
    return plain.is_dir() and any(plain.iterdir())


def _tag_settings(open_clip: Any, model: str, tag: str) -> dict[str, Any]:
    if model not in open_clip.list_models():
        raise ClipUnavailable(reason=f"open_clip knows no model {model}")
    settings: dict[str, Any] = open_clip.get_pretrained_cfg(model, tag)
    if not settings:
        known = ", ".join(open_clip.list_pretrained_tags_by_model(model)) or "none"
        raise ClipUnavailable(reason=f"open_clip knows no weights {tag} for {model}; it knows: {known}")
    return settings


def _of_tag(file: Path, settings: dict[str, Any]) -> Weights:
    preparation = {name: settings[name] for name in _PREPARATION if name in settings}
    return Weights(file, quick_gelu=bool(settings.get("quick_gelu")), preparation=preparation)


def _fetched(settings: dict[str, Any]) -> Iterator[Path]:
    hub = importlib.import_module("huggingface_hub")
    repository, _, name = str(settings.get("hf_hub", "")).rpartition("/")
    names = [name] if name else ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"]
    for each in names if repository else []:
        found = hub.try_to_load_from_cache(repository, each)
        if isinstance(found, str):
            yield Path(found)
    plain = Path.home() / _PLAIN_CACHE / Path(str(settings.get("url", ""))).name
    if plain.is_file():
        yield plain


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
