"""The parts that communications staff put a page together from."""

from portal_pages.blocks.story import StoryBlock
from portal_pages.blocks.tasks import TaskCardBlock
from portal_pages.blocks.ways import WayToFileBlock

__all__ = ["StoryBlock", "TaskCardBlock", "WayToFileBlock"]
