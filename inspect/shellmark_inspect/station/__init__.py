"""The station: built from a configuration, the one place that names concrete parts."""

from .config import StationConfig, data_folder
from .samples import samples_folder
from .station import Station, read_recipes

__all__ = ["Station", "StationConfig", "data_folder", "read_recipes", "samples_folder"]
