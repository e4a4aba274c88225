"""Recording of a life as a GIF (Pillow) or an MP4 (imageio-ffmpeg), rendered without a display."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError, MissingExtraError, told_of

FORMATS = (".gif", ".mp4")
WIDTH, HEIGHT = 480, 320
FRAMES_PER_SECOND = 20.0


def check_video_path(path: Path) -> None:
    """Refuse what could not be recorded, before anything runs.

    Raises:
        BadInputError: neither .gif nor .mp4.
        MissingExtraError: the encoder is not installed.
    """
    if path.suffix.lower() not in FORMATS:
        raise BadInputError(f"video {str(path)!r}: end its name in one of {', '.join(FORMATS)}")
    package, extra = ("PIL", "sim") if path.suffix.lower() == ".gif" else ("imageio_ffmpeg", "video")
    try:
        __import__(package)
    except ImportError as error:
        raise MissingExtraError({"PIL": "pillow"}.get(package, "imageio-ffmpeg"), extra) from error


class VideoRecorder:
    """Takes a picture every few control steps and writes them all in the end, under a temporary name first.

    Args:
        path: where the video goes; its suffix chooses the format.
        picture: returns a picture, shape `(height, width, 3)`, uint8.
        control_period: in [s]; the video plays at the robot's own speed.
    """

    def __init__(self, path: Path, picture: Callable[[int, int], np.ndarray], control_period: float) -> None:
        check_video_path(path)
        self._path, self._picture = path, picture
        self._every = max(round(1.0 / (FRAMES_PER_SECOND * control_period)), 1)
        self._seconds_per_frame = self._every * control_period
        self._frames: list[np.ndarray] = []

    def take(self, step: int, caption: str = "") -> None:
        """Take a picture if it is time, with a line of text in its upper left corner."""
        if step % self._every == 0:
            self._frames.append(_captioned(self._picture(WIDTH, HEIGHT), caption))

    def save(self) -> Path:
        """Write the video and return its path."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with told_of(self._path):
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".", suffix=self._path.suffix.lower())
        os.close(handle)
        temporary = Path(name)
        try:
            if temporary.suffix == ".gif":
                _write_gif(temporary, self._frames, self._seconds_per_frame)
            else:
                _write_mp4(temporary, self._frames, self._seconds_per_frame)
            temporary.chmod(0o644)
            temporary.replace(self._path)
        finally:
            temporary.unlink(missing_ok=True)
        return self._path


def _captioned(frame: np.ndarray, caption: str) -> np.ndarray:
    if not caption:
        return frame
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:  # an MP4 needs no Pillow; its frames then carry no caption
        return frame
    image = Image.fromarray(frame)
    draw = ImageDraw.Draw(image)
    font: Any = ImageFont.load_default(16)
    draw.text((10, 8), caption, fill=(20, 20, 20), font=font, stroke_width=2, stroke_fill=(255, 255, 255))
    return np.asarray(image)


def _write_gif(path: Path, frames: list[np.ndarray], seconds_per_frame: float) -> None:
    from PIL import Image

    # One palette for all frames, taken from three of them: a palette per frame would flicker.
    sample = np.concatenate([frames[k] for k in (0, len(frames) // 2, -1)])
    palette = Image.fromarray(sample).quantize(128)
    images = [Image.fromarray(f).quantize(palette=palette, dither=Image.Dither.NONE) for f in frames]
    # GIF counts hundredths of a second.
    duration = 10 * max(round(100.0 * seconds_per_frame), 2)
    images[0].save(path, save_all=True, append_images=images[1:], duration=duration, loop=0, optimize=False)


def _write_mp4(path: Path, frames: list[np.ndarray], seconds_per_frame: float) -> None:
    import imageio_ffmpeg

    height, width = frames[0].shape[:2]
    writer = imageio_ffmpeg.write_frames(str(path), (width, height), fps=1.0 / seconds_per_frame, macro_block_size=8)
    writer.send(None)
    for frame in frames:
        writer.send(np.ascontiguousarray(frame))
    writer.close()
