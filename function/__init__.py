"""Figurine: sentences and photos in, digital-human assets out, as one stateless function."""

__version__ = "0.1.0"
