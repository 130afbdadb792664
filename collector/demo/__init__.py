"""The demo: the whole main job on the example, with a pretend pen and a pretend scanner whose truth is known."""

from collector.demo.run import run_demo

__all__ = ["run_demo"]
