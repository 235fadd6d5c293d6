"""Taking photos in, naming them, and the workers on the way to the gate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lightgate.domain.names.naming import Rule
from lightgate.domain.route.pipeline import EXIF, PUBLISH, QUALITY
from lightgate.settings.section import Address, Count, Positive, SecretAddress, Section

#: of one stage, where nobody said how many
_MOST_PROCESSES = 4


class Naming(Section):
    """File names, see ``domain/names/naming.py``."""

    template: str = "{subject}_{location}_{folder}_Photography_{camera}_{year}_{counter}"
    extension: str = ".JPG"
    #: characters, with extension (the predecessor's limit)
    max_length: Count = 150

    @model_validator(mode="after")
    def _can_name_files(self) -> Self:
        _ = self.rule
        return self

    @property
    def rule(self) -> Rule:
        """The rule that names are made by."""
        return Rule(self.template, self.extension, self.max_length)


class Intake(Section):
    #: header limit before anything is decoded
    max_megapixels: Positive = 200
    max_file_mb: Positive = 1024
    #: left free on the disk after a submit
    min_free_mb: Positive = 512
    #: in a container: the folder at which the photographs of the machine around it can be seen
    mounted_at: Path | None = None
    languages: tuple[str, ...] = ("en",)


class Workers(Section):
    """Processes a stage, and how patient they are."""

    exif: Count = 2
    #: 0: one a core, at most four; each takes 0.5 GB with ONNX Runtime, 1 GB with torch
    quality: Annotated[int, Field(ge=0)] = 0
    publish: Count = 1
    #: of stages that are not named here, e.g. ``{"colour": 2}``; one each without it
    other: Mapping[str, Count] = Field(default_factory=dict)
    #: a worker that does not renew its lease within this time has lost the photo
    lease_s: Positive = 60
    #: ``reconcile`` looks this often
    reconcile_s: Positive = 5
    #: address space of exif and publish workers; 0: no limit
    memory_limit_mb: Annotated[int, Field(ge=0)] = 4096
    #: a stopping worker may go on with its photos for so long before it gives them back
    soft_stop_s: Annotated[float, Field(ge=0, le=50)] = 20

    def processes(self, stage: str) -> int:
        """Give how many processes work for a stage."""
        named = {EXIF: self.exif, QUALITY: self.quality, PUBLISH: self.publish}
        return named.get(stage, self.other.get(stage, 1)) or min(_MOST_PROCESSES, os.cpu_count() or 1)


class Bands(Section):
    """Lower limits of the quality bands on the 0-10 scale (the website's own)."""

    top: float = 7.5
    good: float = 6.5
    average: float = 5.5
    low: float = 4.5


class Clip(Section):
    """The CLIP model that rates how a picture looks."""

    enabled: bool = True
    model: str = "ViT-B-32"
    #: path of a checkpoint, or an open_clip tag fetched by ``lightgate models pull clip``
    weights: str = "datacomp_xl_s13b_b90k"
    #: LAION-format linear head, optional
    aesthetic_head: Path | None = None
    device: str = "auto"
    #: auto: the fastest that a self-test on this machine finds, once; int8 needs the extra ``onnx``
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"] = "auto"
    #: pictures at once on a processor; on a GPU 64
    batch: Count = 8


class Ollama(Section):
    """The caption model."""

    #: a name and password in it are shown nowhere
    host: Address = SecretAddress("http://127.0.0.1:11434")
    model: str = "qwen2.5vl:3b"
    fallback_model: str | None = None
    num_ctx: Count = 4096
    num_predict: Count = 400
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.1
    seed: int = 42
    keep_alive: str = "30m"
    connect_timeout_s: Positive = 5
    #: no token for this long: the answer is given up
    idle_timeout_s: Positive = 300
    #: all answers for one photo in one language; the caption stage's limits are built on its maximum
    hard_timeout_s: Annotated[float, Field(gt=0, le=900)] = 600
    max_edge_px: Count = 1024
    #: grey is laid around a picture with a shorter side: Qwen2.5-VL refuses less than a patch of 28, Qwen3-VL of 32
    min_edge_px: Annotated[int, Field(ge=1, le=512)] = 28
    #: take the model out of memory when nothing is left to describe
    close_when_idle: bool = False


class Texts(Section):
    """What captions, alt texts and keywords must be like."""

    #: the model is asked so often to correct what the proof found
    rewrites: Annotated[int, Field(ge=0, le=3)] = 1
    min_keywords: Count = 5
    max_keywords: Annotated[int, Field(ge=1, le=12)] = 12
    #: a model's keywords that an imported vocabulary does not list go, or stay; a person is asked about them either way
    unknown_keywords: Literal["drop", "keep"] = "drop"

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min_keywords > self.max_keywords:
            raise ValueError("texts.min_keywords is above texts.max_keywords")
        return self

    @property
    def keywords(self) -> tuple[int, int]:
        """How many keywords a photo has."""
        return self.min_keywords, self.max_keywords
