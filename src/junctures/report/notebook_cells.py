"""What cells of the notebooks show: a sentence, and a picture with words for those who cannot see it."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 130  # sharp on a screen, small in the notebook


def say(text: str) -> None:
    """Show a sentence, in Markdown; returns nothing."""
    from IPython.display import Markdown, display

    display(Markdown(text))


def show_picture(figure: "Figure", alt: str) -> None:
    """Show a picture as PNG, with `alt` saying in words what it shows; returns nothing.

    The same picture gives the same bytes, since the PNG names no software.
    """
    from IPython.display import Image, display

    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DPI, metadata={"Software": None})
    display(Image(data=data.getvalue(), alt=alt))
